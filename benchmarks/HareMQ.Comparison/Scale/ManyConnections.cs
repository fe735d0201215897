using System.Globalization;
using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Reporting;

namespace HareMQ.Comparison.Scale;

/// <summary>Very many idle connections with a channel each.</summary>
internal static class ManyConnections
{
    // Of the broker and of the load generator besides: files of data, libraries, listeners.
    private const int OtherFiles = 300;

    public static void Run(ScaleContext context, int connections)
    {
        // The runtime raises the soft limit to the hard one at its start; children have the same hard limit.
        var limit = OpenFilesLimit.Hard;
        var held = (int)Math.Min(connections, limit - OtherFiles);
        context.Report.Begin(string.Create(CultureInfo.InvariantCulture, $"{held:#,0} connections with a channel each"));
        if (held < connections)
        {
            context.Report.Add("fewer than asked for", string.Create(CultureInfo.InvariantCulture,
                $"{connections:#,0} do not fit under the hard limit of {limit:#,0} open files (ulimit -Hn)"));
        }

        using var directory = new TemporaryDirectory();
        using var broker = context.Source().Start(directory.Path);
        context.Report.Add("memory, without any", ScaleContext.Memory(broker));
        var opened = context.Perf.Expect(broker, string.Create(CultureInfo.InvariantCulture, $"connections --count {held} --parallel 8 --hold 10s"));
        context.Report.Add("opened at", Numbers.Short(opened.Number("open_rate")) + "/s");
        context.Report.Add("memory for each", Numbers.Short(opened.Number("broker_kb_per_connection")) + " KB");
        context.Report.Add("memory with all", Numbers.Short(opened.Number("broker_memory_mb")) + " MB");
        context.Report.Add("closed in", Numbers.Short(opened.Number("close_seconds")) + " s");
    }
}
