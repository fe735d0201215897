using System.Globalization;
using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Reporting;

namespace HareMQ.Comparison.Scale;

/// <summary>Very many messages in one queue: memory as they come, the rate at the start and at the end, a restart, and all of them back.</summary>
internal static class LongQueue
{
    private const string Queue = "scale-long";
    private const int Slices = 10;
    private const int Bytes = 100;

    public static void Run(ScaleContext context, int messages)
    {
        var slice = messages / Slices;
        var total = (long)slice * Slices;
        context.Report.Begin(string.Create(CultureInfo.InvariantCulture, $"{total:#,0} × {Bytes} B, persistent, confirmed, in one queue"));
        using var directory = new TemporaryDirectory();
        using (var broker = context.Source().Start(directory.Path))
        {
            context.Report.Add("memory, empty", ScaleContext.Memory(broker));
            // A first slice elsewhere, so that the start is not that of a cold process. What it wrote to is used again: the first tenth is faster.
            Publish(context, broker, slice, "scale-warm");
            var rates = new List<double>();
            for (var i = 1; i <= Slices; i++)
            {
                rates.Add(Publish(context, broker, slice, $"{Queue} --keep"));
                if (i is 1 or Slices / 2 or Slices)
                    context.Report.Add(string.Create(CultureInfo.InvariantCulture, $"memory with {(long)slice * i:#,0}"), ScaleContext.Memory(broker));
            }

            context.Report.Add("publish rate of each tenth, thousands/s",
                string.Join(", ", rates.Select(rate => (rate / 1e3).ToString("#,0", CultureInfo.InvariantCulture))));
            broker.Kill();
        }

        using (var broker = context.Source().Start(directory.Path, link => link.CountMessages(Queue) == total))
        {
            context.Report.Add("exec to all counted, after kill -9", Numbers.Short(broker.StartSeconds) + " s");
            var drained = context.Perf.Expect(broker, $"throughput --publishers 0 --durable --queue-pattern {Queue}");
            context.Report.Add("drained", string.Create(CultureInfo.InvariantCulture,
                $"{drained.Number("consumed"):#,0} at {Numbers.Short(drained.Number("consume_rate"))}/s"));
            context.Report.Add("memory after the drain", ScaleContext.Memory(broker));
        }
    }

    private static double Publish(ScaleContext context, RunningBroker broker, int messages, string queue) =>
        context.Perf.Expect(broker, string.Create(CultureInfo.InvariantCulture,
            $"throughput --consumers 0 --count {messages} --size {Bytes} --persistent --confirms 10000 --queue-pattern {queue}"))
            .Number("publish_rate");
}
