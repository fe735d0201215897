namespace HareMQ.Perf;

/// <summary>What every scenario is given besides its options.</summary>
internal sealed record RunContext(Progress Progress, CancellationToken Interrupt);
