using System.Collections.Concurrent;
using System.Diagnostics;
using HareMQ.Broker.Deduplication;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Scheduling;
using HareMQ.Storage;

namespace HareMQ.Broker.Messages;

/// <summary>
/// The messages that one read of a socket brought, encoded once and shared by every queue that gets some of them. Filled by the publishing
/// connection, then handed to each target with <see cref="Dispatch"/>; pooled.
/// </summary>
/// <remarks>
/// Two counts end its life. The record memory goes when every target has taken its copy. The batch itself goes when every target has also
/// accepted responsibility (for durable messages: after the sync), which is when the publishers' confirms are due.
/// </remarks>
internal sealed class PublishBatch : ISyncCompletion, IThreadPoolWorkItem
{
    /// <summary>Batches kept for reuse, per process. More are allocated when needed and left to the garbage collector.</summary>
    private const int PooledMax = 256;

    /// <summary>What a fanout to more targets than this has needed is not kept.</summary>
    private const int KeptSlotsMax = 1024;

    /// <summary>What <see cref="TryAdopt"/> needs before a body at most, for properties of no size.</summary>
    public const int HeadBytesMax = RecordLayout.HeaderBytes + (2 * RecordLayout.NameBytesMax);

    private static readonly ConcurrentQueue<PublishBatch> s_pool = new();
    private static int s_pooledCount;

    private Dictionary<IPublishTarget, int> _slotOf = new(ReferenceEqualityComparer.Instance);
    private readonly List<ConfirmTicket> _tickets = [];
    private Slot[] _slots = new Slot[4];
    private int _slotCount;
    private RouteTargets? _lastTargets;
    private int[] _lastSlots = new int[4];
    private RecordBatch? _records;
    private MessageTraits _traits;

    // Only kept when one of the targets may refuse single messages.
    private readonly List<TrackedMessage> _tracked = [];
    private bool _tracksMessages;
    private int _lastOffset;

    // Touched by any thread after Dispatch.
    private int _unaccepted;
    private int _refused;
    private readonly Lock _refusing = new();
    private readonly List<int> _refusedOffsets = [];
    private IBatchOwner? _owner;
    private BatchKeys? _keys;
    private int _dispatchedBytes;

    public RecordBatch Records => _records!;

    public int MessageCount => _records!.Count;

    public int Bytes => _records!.WrittenBytes;

    /// <summary>The deduplication keys of its messages; most batches have none.</summary>
    public BatchKeys Keys => _keys ??= new BatchKeys();

    /// <summary>Where the record of the last message that was added is in <see cref="Records"/>.</summary>
    public int LastOffset => _lastOffset;

    public bool IsEmpty => _slotCount == 0 && _tickets.Count == 0;

    public bool WantsConfirm => _tickets.Count > 0;

    /// <summary><see cref="RefuseMessage"/> reaches whoever published the message.</summary>
    /// <remarks>Not for a target that has begun to refuse since its first message was routed: nobody has kept track of those, and a refusal
    /// that is not told would be the confirm of a message that is nowhere.</remarks>
    public bool CanRefuseMessages(int slot) => _slots[slot].IsTracked || !WantsConfirm;

    /// <summary>Somebody hears of it once its messages are stored: their publishers, or those who repeat them.</summary>
    /// <remarks>A publisher without confirms does not wait for the disk, but the confirm of a duplicate stands for the original.</remarks>
    public bool AwaitsStorage => WantsConfirm || _keys is { HasOriginals: true };

    /// <param name="owner">Hears of its end.</param>
    /// <param name="bytesHint">About what its messages will take, if that is known.</param>
    public static PublishBatch Rent(IBatchOwner owner, int bytesHint = 0)
    {
        if (s_pool.TryDequeue(out var batch)) Interlocked.Decrement(ref s_pooledCount);
        else batch = new PublishBatch();
        batch._owner = owner;
        batch._records = RecordBatch.Rent(bytesHint);
        return batch;
    }

    /// <summary>Starts the next message.</summary>
    /// <returns>Where its body goes: exactly <paramref name="bodyBytes"/> bytes, to be filled before <see cref="End"/>.</returns>
    public Span<byte> Begin(in MessageHead head, int bodyBytes)
    {
        _traits = (head.Persistent ? MessageTraits.Persistent : MessageTraits.None)
            | (head.ExpiresAtMs != 0 ? MessageTraits.Expiring : MessageTraits.None);
        return _records!.Begin(
            head.Exchange, head.RoutingKey, head.Properties, bodyBytes,
            (head.Persistent ? RecordFlags.Persistent : RecordFlags.None) | (head.IsDead ? RecordFlags.Dead : RecordFlags.None),
            head.Priority, head.TimestampMs, head.ExpiresAtMs);
    }

    /// <summary>
    /// Before <see cref="Begin"/>: if it can be, the record is made around the body where that lies, so that a large one is not in memory twice.
    /// </summary>
    /// <param name="head">As for <see cref="Begin"/>.</param>
    /// <param name="buffer">Not to be used any more, unless the answer is no.</param>
    /// <param name="bodyAt">Where in it the body begins.</param>
    /// <returns>False: the body has to be copied to where <see cref="Begin"/> says.</returns>
    public bool TryAdopt(in MessageHead head, byte[] buffer, int bodyAt) =>
        _records!.TryAdopt(buffer, bodyAt, RecordLayout.HeaderBytes + head.Exchange.Length + head.RoutingKey.Length + head.Properties.Length);

    /// <summary>Ends the message that <see cref="Begin"/> started and addresses it.</summary>
    public void End(RouteTargets targets) => Add(targets, _records!.End());

    private void Add(RouteTargets targets, RecordRange record)
    {
        if (!ReferenceEquals(targets, _lastTargets)) ResolveSlots(targets);
        _lastOffset = record.Offset;
        var count = targets.Queues.Length;
        for (var i = 0; i < count; i++) _slots[_lastSlots[i]].Add(record, _traits);
    }

    /// <summary>Counts one more publish of a confirming channel. Its messages are covered by the last ticket of this sink in this batch.</summary>
    /// <param name="sink">The channel.</param>
    /// <param name="sequence">The publish's number on it.</param>
    /// <param name="isRouted">The publish was the last message that <see cref="End"/> addressed; false: it went nowhere.</param>
    /// <returns>The new ticket when this is the channel's first publish in the batch, else null.</returns>
    public ConfirmTicket? AddConfirm(IConfirmSink sink, ulong sequence, bool isRouted = true)
    {
        ConfirmTicket ticket;
        for (var i = _tickets.Count - 1; i >= 0; i--)
        {
            ticket = _tickets[i];
            if (!ReferenceEquals(ticket.Sink, sink)) continue;
            ticket.LastSequence = sequence;
            if (_tracksMessages && isRouted) _tracked.Add(new TrackedMessage(_lastOffset, ticket, sequence));
            return null;
        }

        ticket = new ConfirmTicket(sink, sequence);
        _tickets.Add(ticket);
        if (_tracksMessages && isRouted) _tracked.Add(new TrackedMessage(_lastOffset, ticket, sequence));
        return ticket;
    }

    /// <summary>Asks for one confirm of all messages, in place of those of single publishes.</summary>
    public void AddConfirmOfAll(IConfirmSink sink) => _tickets.Add(new ConfirmTicket(sink, lastSequence: 1) { CoversBatch = true });

    /// <summary>Hands the batch to its targets. The caller must not touch it afterwards.</summary>
    /// <param name="runInline">Small batches for idle queues run on the caller's thread.</param>
    public void Dispatch(bool runInline)
    {
        // One more than the targets: nothing ends while this loop still hands out.
        _unaccepted = _slotCount + 1;
        _keys?.Dispatch(this);
        _dispatchedBytes = Bytes;
        for (var i = 0; i < _slotCount; i++)
        {
            _records!.Retain();
            _slots[i].Target!.Publish(this, i, runInline);
        }

        _records!.Release();
        if (Interlocked.Decrement(ref _unaccepted) != 0) return;
        // Everything was accepted on this thread, perhaps before the publisher's own write call has returned. Some clients note a publish only
        // after that (amqp091-go before 1.6, for one) and would never hear of a confirm that is faster: so it takes one hop more.
        if (WantsConfirm) _owner!.Scheduler.Schedule(this);
        else Finish();
    }

    /// <summary>Instead of <see cref="Dispatch"/>: nothing of the batch was ever meant to be.</summary>
    public void Abandon()
    {
        _keys?.Complete(isRefused: true, _refusedOffsets);
        _records!.Release();
        Recycle();
    }

    public ReadOnlySpan<RecordRange> RangesOf(int slot) => _slots[slot].Ranges;

    public bool HasPersistent(int slot) => (_slots[slot].Traits & MessageTraits.Persistent) != 0;

    /// <summary>Some of the target's messages brought a time to live of their own.</summary>
    public bool HasExpiring(int slot) => (_slots[slot].Traits & MessageTraits.Expiring) != 0;

    public int CountOf(int slot) => _slots[slot].MessageCount;

    /// <summary>The target needs the record memory no longer.</summary>
    public void Taken() => _records!.Release();

    /// <summary>The target is responsible for its messages now.</summary>
    public void Accepted() => Accept();

    /// <summary>The target has written its messages; they count once <paramref name="log"/> is synced.</summary>
    public void AcceptedAfterSync(SegmentLog log) => log.RequestSync(this);

    /// <summary>The target could not or would not take its messages: their publishers get a nack.</summary>
    public void Refused()
    {
        Volatile.Write(ref _refused, 1);
        Accept();
    }

    /// <summary>A target has no room for one message: its publisher gets a nack. To be called before the target's slot is accepted.</summary>
    /// <param name="offset">Where its record is in <see cref="Records"/>.</param>
    public void RefuseMessage(int offset)
    {
        lock (_refusing) _refusedOffsets.Add(offset);
    }

    /// <summary>A target that calls this calls <see cref="Accepted"/> once more than it would have to.</summary>
    public void AwaitOneMore() => Interlocked.Increment(ref _unaccepted);

    void ISyncCompletion.OnSynced(Exception? error)
    {
        if (error is null) Accept();
        else Refused();
    }

    void IThreadPoolWorkItem.Execute() => Finish();

    private void Accept()
    {
        if (Interlocked.Decrement(ref _unaccepted) == 0) Finish();
    }

    private void Finish()
    {
        var refused = Volatile.Read(ref _refused) != 0;
        var refusedSome = _refusedOffsets.Count > 0;
        if (refusedSome) TellRefused();
        _keys?.Complete(isRefused: refused, _refusedOffsets);
        foreach (var ticket in _tickets)
        {
            ticket.Refused = refused || (refusedSome && ticket.CoversBatch);
            ticket.Sink.Complete(ticket);
        }

        var (owner, bytes) = (_owner!, _dispatchedBytes);
        Recycle();
        owner.BatchEnded(bytes);
    }

    private void TellRefused()
    {
        // By several queues, each in the order of its own messages.
        _refusedOffsets.Sort();
        foreach (var message in _tracked)
            if (_refusedOffsets.BinarySearch(message.Offset) >= 0) message.Ticket.Refuse(message.Sequence);
    }

    private void ResolveSlots(RouteTargets targets)
    {
        var queues = targets.Queues;
        if (_lastSlots.Length < queues.Length) _lastSlots = new int[Math.Max(queues.Length, _lastSlots.Length * 2)];
        for (var i = 0; i < queues.Length; i++)
        {
            var target = (IPublishTarget)queues[i];
            if (!_slotOf.TryGetValue(target, out var slot))
            {
                slot = _slotCount++;
                if (slot == _slots.Length) Array.Resize(ref _slots, slot * 2);
                _slots[slot].Target = target;
                _slots[slot].IsTracked = target.MayRefuse;
                _slotOf.Add(target, slot);
                _tracksMessages |= _slots[slot].IsTracked;
            }

            _lastSlots[i] = slot;
        }

        _lastTargets = targets;
    }

    private void Recycle()
    {
        _keys = null;
        if (_slotCount > KeptSlotsMax)
        {
            _slots = new Slot[4];
            _lastSlots = new int[4];
            _slotOf = new Dictionary<IPublishTarget, int>(ReferenceEqualityComparer.Instance);
        }
        else
        {
            for (var i = 0; i < _slotCount; i++) _slots[i].Clear();
            _slotOf.Clear();
        }

        _slotCount = 0;
        _tickets.Clear();
        _tracked.Clear();
        _refusedOffsets.Clear();
        _tracksMessages = false;
        _lastTargets = null;
        _records = null;
        _owner = null;
        _refused = 0;
        Debug.Assert(_unaccepted == 0);
        if (Interlocked.Increment(ref s_pooledCount) <= PooledMax) s_pool.Enqueue(this);
        else Interlocked.Decrement(ref s_pooledCount);
    }

    /// <param name="Offset">Of its record.</param>
    /// <param name="Ticket">Of the channel that published it.</param>
    /// <param name="Sequence">Its number on that channel.</param>
    private readonly record struct TrackedMessage(int Offset, ConfirmTicket Ticket, ulong Sequence);

    [Flags]
    private enum MessageTraits : byte
    {
        None = 0,
        Persistent = 1,
        Expiring = 2,
    }

    /// <summary>One target and the runs of records it gets.</summary>
    private struct Slot
    {
        /// <summary>A slot's range array above this length is not kept with the pooled batch.</summary>
        private const int KeptRangesMax = 4096;

        public IPublishTarget? Target;
        public int MessageCount;
        public MessageTraits Traits;

        /// <summary>The batch knows from whom each of the target's messages is.</summary>
        public bool IsTracked;
        private RecordRange[]? _ranges;
        private int _rangeCount;

        public readonly ReadOnlySpan<RecordRange> Ranges => _ranges.AsSpan(0, _rangeCount);

        public void Add(RecordRange record, MessageTraits traits)
        {
            MessageCount++;
            Traits |= traits;
            _ranges ??= new RecordRange[4];
            if (_rangeCount > 0)
            {
                ref var last = ref _ranges[_rangeCount - 1];
                if (last.Offset + last.Bytes == record.Offset)
                {
                    last = new RecordRange(last.Offset, last.Bytes + record.Bytes, last.Count + 1);
                    return;
                }
            }

            if (_rangeCount == _ranges.Length) Array.Resize(ref _ranges, _rangeCount * 2);
            _ranges[_rangeCount++] = record;
        }

        public void Clear()
        {
            Target = null;
            IsTracked = false;
            MessageCount = 0;
            Traits = MessageTraits.None;
            _rangeCount = 0;
            if (_ranges?.Length > KeptRangesMax) _ranges = null;
        }
    }
}

/// <summary>Whoever fills batches: learns when one has ended, so that what is under way can be bounded.</summary>
internal interface IBatchOwner
{
    /// <summary>Runs what must not happen on the thread that hands the batch over.</summary>
    ITurnScheduler Scheduler => ThreadPoolTurnScheduler.Instance;

    /// <summary>Called once per dispatched batch, on any thread.</summary>
    /// <param name="bytes">Its size when it was dispatched.</param>
    void BatchEnded(int bytes);
}
