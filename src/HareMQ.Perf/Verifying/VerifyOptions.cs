namespace HareMQ.Perf;

internal sealed record VerifyOptions : LoadOptions
{
    public VerifyPhase Phase { get; set; }

    /// <summary>Where confirms are recorded; needed if the phases are two runs.</summary>
    public string? File { get; set; }
}
