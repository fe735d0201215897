using HareMQ.Storage;

namespace HareMQ.Broker.Delays;

/// <summary>The messages of one window. Owned by the turns of its <see cref="DelayedMessages"/>.</summary>
internal sealed class DelayBucket(DelayWindow window, SegmentLog log)
{
    public DelayWindow Window => window;

    public SegmentLog Log => log;

    /// <summary>Messages behind the log's cursor that are not acknowledged: in the index, or on their way elsewhere.</summary>
    public long Out { get; set; }

    /// <summary>Decided once, when its turn has come: its messages go to the index, or else to windows of level 0.</summary>
    public bool? GoesToIndex { get; set; }

    /// <summary>All its messages are in the index: new ones go there as well.</summary>
    public bool IsIndexed { get; set; }

    /// <summary>More messages may come; otherwise it goes with its last one.</summary>
    public bool IsListed { get; set; }

    /// <summary>Deleted: what was under way has nothing to come back to.</summary>
    public bool IsGone { get; set; }

    /// <summary>The log has something to write at the end of the turn.</summary>
    public bool IsTouched { get; set; }

    public bool IsEmpty => log.ReadyRecords == 0 && Out == 0;

    /// <summary>The records of a batch that come here, while it is sorted.</summary>
    public List<RecordRange> Part { get; } = [];

    public void Acknowledge(LogPosition position, int recordBytes)
    {
        Out--;
        log.Acknowledge(position, recordBytes);
    }
}
