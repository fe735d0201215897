using System.Runtime.InteropServices;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>The lanes of a queue with priorities, each made when its first message comes. Owned by the queue's turns.</summary>
internal sealed class PriorityLanes
{
    private readonly MessageLane?[] _byPriority;
    private readonly List<RecordRange>?[] _parts;
    private readonly List<MessageLane> _used = [];
    private readonly Func<byte, SegmentLog> _open;

    /// <param name="lowest">Priority 0, which is always there.</param>
    /// <param name="max">The highest priority; what is above counts as this.</param>
    /// <param name="open">Opens the log of a priority.</param>
    public PriorityLanes(MessageLane lowest, byte max, Func<byte, SegmentLog> open)
    {
        _byPriority = new MessageLane?[max + 1];
        _parts = new List<RecordRange>?[max + 1];
        _byPriority[0] = lowest;
        _used.Add(lowest);
        _open = open;
    }

    public byte Max => (byte)(_byPriority.Length - 1);

    /// <summary>Those that there are, the highest first. Not to be kept while messages come in.</summary>
    public ReadOnlySpan<MessageLane> Used => CollectionsMarshal.AsSpan(_used);

    /// <summary>The highest one with a ready message, or the lowest of all.</summary>
    public MessageLane Head
    {
        get
        {
            foreach (var lane in Used)
                if (lane.Ready > 0) return lane;
            return _used[^1];
        }
    }

    public long Ready
    {
        get
        {
            long ready = 0;
            foreach (var lane in Used) ready += lane.Ready;
            return ready;
        }
    }

    public long ReadyBodyBytes
    {
        get
        {
            long bytes = 0;
            foreach (var lane in Used) bytes += lane.ReadyBodyBytes;
            return bytes;
        }
    }

    public MessageLane this[byte priority] => _byPriority[priority] ?? Open(priority);

    /// <summary>Sorts the messages of a batch; <see cref="PartOf"/> has the result until the next call.</summary>
    public void Split(ReadOnlySpan<byte> memory, ReadOnlySpan<RecordRange> ranges)
    {
        foreach (var part in _parts) part?.Clear();
        foreach (var range in ranges)
        {
            var end = range.Offset + range.Bytes;
            for (var offset = range.Offset; offset < end;)
            {
                var record = RecordView.Parse(memory[offset..]);
                Add(ref _parts[Math.Min(record.Priority, Max)], new RecordRange(offset, record.RecordBytes, 1));
                offset += record.RecordBytes;
            }
        }
    }

    public ReadOnlySpan<RecordRange> PartOf(byte priority) => CollectionsMarshal.AsSpan(_parts[priority]);

    private static void Add(ref List<RecordRange>? part, RecordRange record)
    {
        part ??= [];
        var ranges = CollectionsMarshal.AsSpan(part);
        if (!ranges.IsEmpty && ranges[^1].Offset + ranges[^1].Bytes == record.Offset)
            ranges[^1] = new RecordRange(ranges[^1].Offset, ranges[^1].Bytes + record.Bytes, ranges[^1].Count + 1);
        else
            part.Add(record);
    }

    private MessageLane Open(byte priority)
    {
        var lane = new MessageLane(_open(priority), priority);
        _byPriority[priority] = lane;
        var index = _used.FindIndex(other => other.Priority < priority);
        _used.Insert(index, lane);
        return lane;
    }
}
