namespace HareMQ.Broker.Alarms;

/// <summary>A number of bytes, said as such or as a share of the machine's memory.</summary>
internal readonly record struct ResourceLimit
{
    private readonly double _share;
    private readonly long _bytes;
    private readonly bool _isShare;

    private ResourceLimit(double share, long bytes, bool isShare)
    {
        _share = share;
        _bytes = bytes;
        _isShare = isShare;
    }

    /// <param name="share">0 or more; 1 = all of the memory.</param>
    public static ResourceLimit OfMemory(double share) => new(share, 0, isShare: true);

    /// <param name="bytes">0 or more.</param>
    public static ResourceLimit Of(long bytes) => new(0, bytes, isShare: false);

    public long In(long memoryBytes) => _isShare ? (long)Math.Min(_share * memoryBytes, long.MaxValue) : _bytes;
}
