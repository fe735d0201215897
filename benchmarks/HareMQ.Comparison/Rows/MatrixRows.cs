using System.Globalization;

namespace HareMQ.Comparison.Rows;

/// <summary>The loads, each with what it must reach as a multiple of rabbitmq-server, and what LavinMQ 2.9 reaches.</summary>
/// <remarks>The multiples of LavinMQ were measured on the same class of machine, with TCP_NODELAY turned on, its best setting.</remarks>
internal static class MatrixRows
{
    private const string NoLimit = "--inflight 0";

    public static IReadOnlyList<LoadRow> Create(double seconds, int backlog)
    {
        var time = string.Create(CultureInfo.InvariantCulture, $"--duration {seconds}s");
        var publish = $"throughput --consumers 0 {time}";
        var both = $"throughput {time}";
        var drain = $"backlog --confirms 0 --count {backlog}";
        return
        [
            new("pub-1k-transient", publish, Published(5, 12)),
            new("pub-16b-transient", $"{publish} --size 16", Published(12, 30)),
            new("pub-1k-transient-confirm1000", $"{publish} --confirms 1000", [Published(2.8, 8), .. Confirms()]),
            new("pub-1k-persist-noconfirm", $"{publish} --persistent", Published(12, 20)),
            new("pub-1k-persist-confirm1000", $"{publish} --persistent --confirms 1000", [Published(8.2, 16), .. Confirms(p99: 0.1)]),
            new("pub-1k-persist-confirm100-8pubs", $"{publish} --persistent --confirms 100 --publishers 8 --queues 8",
                [Published(4.4, 8), .. Confirms()]),
            new("pub-1k-persist-confirm1", $"{publish} --persistent --confirms 1",
                [Published(1.8, 2), .. Confirms(), Latency("confirm", "p999")]),
            new("con-1k-transient-autoack", $"{drain} --auto-ack", Drained(8, 14)),
            new("con-1k-transient-ack1-prefetch100", $"{drain} --ack-every 1 --prefetch 100", Drained(12, 16)),
            new("con-1k-persist-ack100-prefetch1000", $"{drain} --persistent --ack-every 100", Drained(12, 18)),
            new("e2e-1k-transient-autoack", $"{both} --auto-ack --inflight 10000", [Consumed(3, 7), .. EndToEnd()]),
            new("e2e-1k-transient-ack10", $"{both} --ack-every 10 --inflight 10000", [Consumed(), .. EndToEnd()]),
            new("e2e-1k-persist-confirm1000-ack10", $"{both} --persistent --confirms 1000 --ack-every 10 {NoLimit}",
                [Consumed(3.2, 7), .. EndToEnd()]),
            new("e2e-1k-transient-4x4-4queues", $"{both} --publishers 4 --consumers 4 --queues 4 --auto-ack --inflight 20000", Consumed()),
            new("e2e-1k-transient-8x8-1queue", $"{both} --publishers 8 --consumers 8 --ack-every 10 --prefetch 200 --inflight 20000",
                Consumed(6.4, 12)),
            new("e2e-64b-transient-autoack", $"{both} --size 64 --auto-ack --inflight 20000", Consumed(8, 16)),
            new("e2e-64k-transient-autoack", $"{both} --size 64k --auto-ack --inflight 500", Consumed(0.3, 1.3)),
            new("e2e-1k-rate100-ack1-latency", $"{both} --rate 100 --ack-every 1 {NoLimit}", [.. EndToEnd(), Latency("e2e", "p999")]),
            new("e2e-1k-rate5000-ack1-latency", $"{both} --rate 5000 --ack-every 1 {NoLimit}",
                Latency("e2e", "p50"), Latency("e2e", "p99", 0.7, 0.74), Latency("e2e", "p999", 1)),
            new("e2e-1k-rate5000-ack100-latency", $"{both} --rate 5000 --ack-every 100 {NoLimit}", [.. EndToEnd(), Latency("e2e", "p999")]),
            new("e2e-1k-rate5000-persist-confirm-latency",
                $"{both} --rate 5000 --persistent --confirms 5000 --ack-every 1 {NoLimit}", [.. EndToEnd(), .. Confirms()]),
            new("fanout-1k-10queues-autoack", $"fanout {time} --queues 10 --auto-ack --inflight 2000", Consumed(3.1, 7)),
            new("topic-1k-1000bindings-10queues",
                $"topic {time} --queues 10 --consumers 2 --bindings 1000 --auto-ack --inflight 10000", Consumed(2, 10)),
            new("churn-4", $"churn {time} --parallel 4", Rate("cycle_rate", 7.5, 5), Latency("cycle", "p50"), Latency("cycle", "p99")),
            new("conns-1000", "connections --count 1000 --parallel 4 --hold 2s",
                new Metric("rate", "open_rate"), new Metric("kb_per_conn", "broker_kb_per_connection", IsLowerBetter: true)),
            new("queues-1000-durable", "queues --count 1000 --durable --hold 2s",
                new Metric("rate", "declare_rate"), new Metric("kb_per_queue", "broker_kb_per_queue", IsLowerBetter: true)),
        ];
    }

    private static Metric Published(double lavinMq, double target) => Rate("publish_rate", lavinMq, target);

    private static Metric Drained(double lavinMq, double target) => Rate("drain_consume_rate", lavinMq, target);

    private static Metric Consumed(double? lavinMq = null, double? target = null) => Rate("consume_rate", lavinMq, target);

    private static Metric Rate(string path, double? lavinMq, double? target) =>
        new("rate", path, target is { } times ? Target.TimesAtLeast(times) : null, LavinMq: Times(lavinMq));

    private static Metric[] Confirms(double? p99 = null) => [Latency("confirm", "p50"), Latency("confirm", "p99", p99)];

    private static Metric[] EndToEnd() => [Latency("e2e", "p50"), Latency("e2e", "p99")];

    private static Metric Latency(string what, string percentile, double? atMost = null, double? lavinMq = null)
    {
        var path = $"{(what == "e2e" ? "latency" : $"{what}_latency")}.{percentile}_us";
        var target = atMost is { } times ? Target.TimesAtMost(times) : null;
        return new Metric($"{what}_{percentile}_us", path, target, IsLowerBetter: true, LavinMq: Times(lavinMq));
    }

    private static string? Times(double? multiple) => multiple?.ToString("0.##×", CultureInfo.InvariantCulture);
}
