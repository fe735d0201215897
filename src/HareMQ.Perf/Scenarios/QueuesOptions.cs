using HareMQ.Protocol;

namespace HareMQ.Perf;

internal sealed record QueuesOptions : CommonOptions
{
    public int Count { get; set; } = 1000;

    public string Pattern { get; set; } = "hareperf-queues-%d";

    public FieldTable Arguments { get; set; } = FieldTable.Empty;

    public bool IsDurable { get; set; }

    public TimeSpan Hold { get; set; } = TimeSpan.FromSeconds(2);
}
