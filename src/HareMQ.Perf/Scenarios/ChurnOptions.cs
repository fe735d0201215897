namespace HareMQ.Perf;

internal sealed record ChurnOptions : CommonOptions
{
    public int Parallel { get; set; } = 4;

    public int Channels { get; set; } = 1;

    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Cycles in all; null: the duration decides.</summary>
    public long? Count { get; set; }
}
