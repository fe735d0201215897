using System.Globalization;
using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Measuring;
using HareMQ.Comparison.Reporting;

namespace HareMQ.Comparison.Scale;

/// <summary>
/// An old backlog is drained while a publisher goes on at a steady rate into the same queue: its rate and its confirms before, during and
/// after. Then the books: what is left is what came in less what went out.
/// </summary>
internal static class DrainBesidePublishing
{
    private const string Queue = "scale-drain";
    private const int Seconds = 6;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    public static void Run(ScaleContext context, int backlog, int rate)
    {
        context.Report.Begin(string.Create(CultureInfo.InvariantCulture,
            $"backlog of {backlog:#,0} × 1 KB drained while {rate:#,0}/s are published, persistent, confirmed"));
        using var directory = new TemporaryDirectory();
        using var broker = context.Source().Start(directory.Path);
        var filled = context.Perf.Expect(broker, string.Create(CultureInfo.InvariantCulture,
            $"throughput --consumers 0 --count {backlog} --persistent --confirms 10000 --keep --queue-pattern {Queue}"));
        context.Report.Add("filled at", Numbers.Short(filled.Number("publish_rate")) + "/s");

        var publish = string.Create(CultureInfo.InvariantCulture,
            $"throughput --consumers 0 --rate {rate} --duration {Seconds}s --persistent --confirms 5000 --shared --keep --queue-pattern {Queue}");
        // The first of it is not measured: hareperf and broker compile.
        var published = (long)context.Perf.Expect(broker, publish).Number("published");
        published += Add(context, "before", context.Perf.Expect(broker, publish));

        using var link = broker.Connect();
        var full = link.CountMessages(Queue);
        using var drain = context.Perf.Start(broker,
            $"throughput --publishers 0 --durable --shared --keep --queue-pattern {Queue}");
        while (link.CountMessages(Queue) >= full && !drain.HasExited) context.Perf.Interrupt.WaitHandle.WaitOne(s_poll);
        published += Add(context, "during", context.Perf.Expect(broker, publish));
        if (drain.HasExited)
            context.Report.Add("note", "the drain ended before the publisher did: a larger backlog would show more");
        var drained = context.Perf.Finish(drain).OrThrow("drain");
        context.Report.Add("drained at", Numbers.Short(drained.Number("consume_rate")) + "/s");
        published += Add(context, "after", context.Perf.Expect(broker, publish));

        var expected = backlog + published - (long)drained.Number("consumed");
        var left = link.CountMessages(Queue);
        context.Report.Add("left in the queue", string.Create(CultureInfo.InvariantCulture, $"{left:#,0}, ")
            + (left == expected ? "as it must be" : string.Create(CultureInfo.InvariantCulture, $"**but {expected:#,0} were expected**")));
        context.Report.Add("memory", ScaleContext.Memory(broker));
    }

    private static long Add(ScaleContext context, string when, PerfResult result)
    {
        context.Report.Add($"{when}: published, confirm p50, p99",
            $"{Numbers.Short(result.Number("publish_rate"))}/s, {Numbers.Short(result.Number("confirm_latency.p50_us"))} µs, "
            + $"{Numbers.Short(result.Number("confirm_latency.p99_us"))} µs");
        return (long)result.Number("published");
    }
}
