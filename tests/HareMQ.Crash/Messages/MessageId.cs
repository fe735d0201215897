namespace HareMQ.Crash.Messages;

/// <summary>The n-th message of a publisher; the first is 1.</summary>
internal readonly record struct MessageId(int Publisher, long Sequence)
{
    /// <summary>A well-mixed number of its own (SplitMix64).</summary>
    public ulong Mixed
    {
        get
        {
            var state = ((ulong)(uint)Publisher << 40) ^ (ulong)Sequence;
            return SplitMix.Next(ref state);
        }
    }

    public override string ToString() => $"{Publisher}/{Sequence}";
}
