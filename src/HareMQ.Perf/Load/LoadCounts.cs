namespace HareMQ.Perf;

/// <summary>How far a session was at a moment.</summary>
internal readonly record struct LoadCounts(long At, long Published, long Consumed)
{
    public double Seconds => Clock.Seconds(At);

    public double PublishRate => At > 0 ? Published / Seconds : 0;

    public double ConsumeRate => At > 0 ? Consumed / Seconds : 0;

    public static LoadCounts Of(LoadSession session) => new(Clock.Now, session.Published, session.Consumed);

    /// <summary>What happened in between; its time is the time that it took.</summary>
    public LoadCounts Since(LoadCounts start) => new(At - start.At, Published - start.Published, Consumed - start.Consumed);
}
