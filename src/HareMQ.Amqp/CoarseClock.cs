namespace HareMQ.Amqp;

/// <summary>
/// The server's uptime in tenths of a second, as the last tick saw it: cheap enough to be read for each delivery, and small enough to be
/// kept with it. Wraps around after 13 years. Any thread reads, the tick writes.
/// </summary>
/// <param name="stepMs">The time between two ticks: by so much the clock may be behind.</param>
internal sealed class CoarseClock(long stepMs)
{
    private const long UnitMs = 100;

    private uint _now;

    public uint Now => Volatile.Read(ref _now);

    public void Set(long uptimeMs) => Volatile.Write(ref _now, (uint)(uptimeMs / UnitMs));

    /// <summary>What has certainly passed since a reading of <see cref="Now"/>.</summary>
    public long ElapsedMsAtLeast(uint since) => (Now - since) * UnitMs - stepMs;
}
