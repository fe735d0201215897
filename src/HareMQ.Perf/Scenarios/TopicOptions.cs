namespace HareMQ.Perf;

internal sealed record TopicOptions : LoadOptions
{
    public int Bindings { get; set; } = 100;
}
