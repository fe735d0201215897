using HareMQ.Storage;

namespace HareMQ.Broker.Messages;

/// <summary>The memory that a message lies in. Whoever retains it may read the message's body until he releases it; any thread.</summary>
internal readonly struct MessageMemory(RecordBatch? batch)
{
    /// <summary>The message lies where nobody may keep it.</summary>
    public bool IsNone => batch is null;

    /// <summary>What stays in memory with a message, however small that is.</summary>
    public int Bytes => batch?.BufferBytes ?? 0;

    /// <summary>A part of the message, for as long as the memory is retained.</summary>
    public ArraySegment<byte> SegmentOf(ReadOnlySpan<byte> part) => batch!.SegmentOf(part);

    public void Retain() => batch!.Retain();

    public void Release() => batch!.Release();
}
