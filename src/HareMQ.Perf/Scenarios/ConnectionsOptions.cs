namespace HareMQ.Perf;

internal sealed record ConnectionsOptions : CommonOptions
{
    public int Count { get; set; } = 1000;

    public int Channels { get; set; } = 1;

    public int Parallel { get; set; } = 4;

    public TimeSpan Hold { get; set; } = TimeSpan.FromSeconds(5);
}
