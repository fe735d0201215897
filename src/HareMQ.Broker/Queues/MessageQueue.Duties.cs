using HareMQ.Broker.DeadLetters;
using HareMQ.Broker.Scheduling;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>What a queue looks after at the end of a turn besides delivering. A plain queue has no duties, and pays one test.</summary>
internal sealed partial class MessageQueue
{
    /// <summary>Messages that one turn takes off the head at most.</summary>
    private const int TurnDropsMax = 4096;

    private QueueDuties _duties;
    private ExpiryEntry? _alarm;
    private long _lastUsedAtMs;

    private static QueueDuties DutiesOf(QueueSettings settings)
    {
        var duties = QueueDuties.None;
        if (settings.MessageTtlMs is not null) duties |= QueueDuties.Expiry;
        if (settings.ExpiresMs is not null) duties |= QueueDuties.Unused;
        if (settings.RefusesOverflow) duties |= QueueDuties.Refusal;
        else if (settings.HasLengthLimit) duties |= QueueDuties.Length;
        return duties;
    }

    /// <summary>Replaces the settings, but for what is fixed when a queue is declared. Callers take turns.</summary>
    public void Apply(QueueSettings settings)
    {
        settings = settings with
        {
            Type = Asked.Type, MaxPriority = Asked.MaxPriority, SingleActiveConsumer = Asked.SingleActiveConsumer,
            Deduplication = Asked.Deduplication,
        };
        // First, so that a batch which the queue gets after the command knows already whether it may be refused.
        Volatile.Write(ref _settingsSeen, settings);
        Post(new QueueCommand(QueueCommandKind.Settings, settings));
    }

    private void Change(QueueSettings settings)
    {
        if (_settings.ExpiresMs != settings.ExpiresMs) _lastUsedAtMs = _host.Clock.NowMs;
        _settings = settings;
        // What came from messages, not from settings, stays.
        _duties = DutiesOf(settings) | (_duties & (QueueDuties.Expiry | QueueDuties.DeadLetters));
        if (_duties != QueueDuties.None) TryWriteHeld();
        foreach (var lane in AllLanes) lane.WatchedHead = default;
    }

    /// <param name="moreToDeliver">The turn's deliveries were cut short: what consumers may still take is not to be dropped.</param>
    /// <returns>True when it takes another turn.</returns>
    private bool DoDuties(bool moreToDeliver)
    {
        var nowMs = _host.Clock.NowMs;
        var dueAtMs = ExpiryEntry.Never;
        if ((_duties & QueueDuties.Unused) != 0 && DeleteIfUnused(nowMs, ref dueAtMs)) return false;
        var more = (_duties & QueueDuties.Expiry) != 0 && ExpireHeads(nowMs, ref dueAtMs);
        if ((_duties & QueueDuties.Length) != 0 && !moreToDeliver && IsOverLimit)
        {
            more |= DropOverflow();
            // What was behind the dropped ones is the head now: its time counts.
            if ((_duties & QueueDuties.Expiry) != 0) more |= ExpireHeads(nowMs, ref dueAtMs);
        }

        if ((_duties & QueueDuties.DeadLetters) != 0) SendDeadLetters(nowMs, ref dueAtMs);
        SetAlarm(dueAtMs);
        return more;
    }

    /// <summary>Brings the queue to where the end of a turn would: for those who want exact answers.</summary>
    private void Tidy() => DoDuties(DeliverReady());

    private void Use()
    {
        if ((_duties & QueueDuties.Unused) != 0) _lastUsedAtMs = _host.Clock.NowMs;
    }

    private bool DeleteIfUnused(long nowMs, ref long dueAtMs)
    {
        if (_consumers.Count > 0) return false;
        var unusedAtMs = _lastUsedAtMs + _settings.ExpiresMs!.Value;
        if (unusedAtMs > nowMs)
        {
            dueAtMs = unusedAtMs;
            return false;
        }

        BrokerLog.QueueExpired(_logger, VirtualHost, Name);
        Delete();
        _host.QueueExpired(this);
        return true;
    }

    /// <summary>Only heads are looked at: a message that expires behind one that does not has to wait (as in RabbitMQ).</summary>
    /// <returns>True when there is more to do than one turn may.</returns>
    private bool ExpireHeads(long nowMs, ref long dueAtMs)
    {
        // Nothing here could expire, nor is anything out that could come back.
        if (Ready == 0 && _unsettledCount == 0 && _settings.MessageTtlMs is null) _duties &= ~QueueDuties.Expiry;
        foreach (var lane in AllLanes)
        {
            var headDueAtMs = HeadDueAtMs(lane);
            for (var drops = 0; headDueAtMs <= nowMs; headDueAtMs = HeadDueAtMs(lane))
            {
                if (drops++ == TurnDropsMax) return true;
                if (!DropHead(lane, DeathReason.Expired)) return false;
            }

            dueAtMs = Math.Min(dueAtMs, headDueAtMs);
        }

        return false;
    }

    private long HeadDueAtMs(MessageLane lane)
    {
        if (lane.Ready == 0) return ExpiryEntry.Never;
        if (lane.Head == lane.WatchedHead) return lane.HeadDueAtMs;
        if (!TryPeekHead(lane, willDeliver: false, out var record, out _)) return ExpiryEntry.Never;
        lane.HeadDueAtMs = DueAtMs(record);
        lane.WatchedHead = lane.Head;
        return lane.HeadDueAtMs;
    }

    private bool HasExpired(in RecordView record) => DueAtMs(record) <= _host.Clock.NowMs;

    private long DueAtMs(in RecordView record)
    {
        var dueAtMs = record.ExpiresAtMs == 0 ? ExpiryEntry.Never : record.ExpiresAtMs;
        return _settings.MessageTtlMs is { } ttlMs ? Math.Min(dueAtMs, record.TimestampMs + ttlMs) : dueAtMs;
    }

    /// <summary>The head that a basic.get may have, expired ones dropped.</summary>
    private bool TryPeekUnexpired(out MessageLane lane, out RecordView record, out RequeuedMessage head)
    {
        while (true)
        {
            if (!TryPeekHead(lane = HeadLane, willDeliver: true, out record, out head))
            {
                // Unless what the lane seemed to have turned out to be damaged.
                if (ReferenceEquals(lane, HeadLane)) return false;
                continue;
            }

            if ((_duties & QueueDuties.Expiry) == 0 || !HasExpired(record)) return true;
            if (!DropHead(lane, DeathReason.Expired)) return false;
        }
    }

    /// <returns>False when there is none, or too many dead wait already: the end of some of them starts another turn.</returns>
    private bool DropHead(MessageLane lane, DeathReason reason)
    {
        if (_dead is { IsFull: true }) return false;
        if (!TryPeekHead(lane, willDeliver: false, out _, out var head)) return false;
        lane.RemoveHead();
        Die(lane, head.Position, head.RecordBytes, reason);
        return true;
    }

    private void SetAlarm(long dueAtMs)
    {
        if (dueAtMs == ExpiryEntry.Never) return;
        _alarm ??= new ExpiryEntry(this);
        // One that rings too early does no harm: the turn it causes sets the next.
        if (dueAtMs < _alarm.DueAtMs) _host.Clock.Set(_alarm, dueAtMs);
    }

    private void CancelAlarm()
    {
        if (_alarm is not null) _host.Clock.Cancel(_alarm);
    }
}

[Flags]
internal enum QueueDuties : byte
{
    None = 0,

    /// <summary>Messages may expire.</summary>
    Expiry = 1,

    /// <summary>The queue goes when nobody uses it.</summary>
    Unused = 2,

    /// <summary>Dead messages wait for somebody to take them.</summary>
    DeadLetters = 4,

    /// <summary>The head gives way to what is new.</summary>
    Length = 8,

    /// <summary>What does not fit is refused.</summary>
    Refusal = 16,
}
