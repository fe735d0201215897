namespace HareMQ.Broker.Statistics;

/// <summary>
/// Counters of something that a sampler looks at now and then. The counters belong to whoever works on the thing: one writer, plain fields.
/// </summary>
internal abstract class Sampled
{
    /// <summary>
    /// What the sampler knows of the thing's past: nothing while nothing happens, so that an idle queue costs no memory for it. The
    /// sampler's.
    /// </summary>
    public object? Series { get; set; }

    /// <summary>The sum of all that was counted when the sampler last looked. The sampler's.</summary>
    public long SumSeen { get; set; }
}
