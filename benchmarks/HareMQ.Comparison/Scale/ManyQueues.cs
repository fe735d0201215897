using System.Globalization;
using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Reporting;

namespace HareMQ.Comparison.Scale;

/// <summary>Very many durable queues, also after a kill.</summary>
internal static class ManyQueues
{
    private const string Pattern = "scale-queue-%d";

    public static void Run(ScaleContext context, int queues)
    {
        context.Report.Begin(string.Create(CultureInfo.InvariantCulture, $"{queues:#,0} durable queues"));
        using var directory = new TemporaryDirectory();
        var declare = string.Create(CultureInfo.InvariantCulture, $"queues --count {queues} --durable --queue-pattern {Pattern}");
        using (var broker = context.Source().Start(directory.Path))
        {
            var declared = context.Perf.Expect(broker, declare + " --keep");
            context.Report.Add("declared at", Numbers.Short(declared.Number("declare_rate")) + "/s");
            context.Report.Add("memory for each", Numbers.Short(declared.Number("broker_kb_per_queue")) + " KB");
            context.Report.Add("memory", ScaleContext.Memory(broker));
            broker.Kill();
        }

        var last = Pattern.Replace("%d", queues.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        using (var broker = context.Source().Start(directory.Path, link => link.CountMessages(last) == 0))
        {
            context.Report.Add("exec to the last queue, after kill -9", Numbers.Short(broker.StartSeconds) + " s");
            context.Report.Add("memory after that", ScaleContext.Memory(broker));
            // Declared again as they are: an answer for each.
            var found = context.Perf.Expect(broker, declare + " --hold 0s");
            context.Report.Add("found again at", Numbers.Short(found.Number("declare_rate")) + "/s");
            context.Report.Add("deleted at", Numbers.Short(found.Number("delete_rate")) + "/s");
        }
    }
}
