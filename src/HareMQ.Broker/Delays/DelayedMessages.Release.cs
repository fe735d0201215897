using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.Delays;

/// <summary>What is due is published like anybody's message, and forgotten here once its queues are responsible.</summary>
internal sealed partial class DelayedMessages
{
    /// <summary>Back-pressure: slow queues are not buried in memory.</summary>
    private const int ReleasesUnderWayMax = 32;

    /// <summary>Those that lead nowhere cost time as well.</summary>
    private const int TakenPerTurnMax = 4096;

    /// <summary>Messages that fall due within so many milliseconds leave together.</summary>
    private const int CoalescedMs = 8;

    /// <summary>How long messages rest whose queue has failed.</summary>
    private const int RetryMs = 5000;

    /// <summary>The wall clock may be set forward: then more is due than the timer knows of.</summary>
    private const int TimerMaxMs = 1000;

    private int _releasesUnderWay;
    private byte[] _scratch = [];

    /// <returns>True when there is more to do than one turn may.</returns>
    private bool Release(long nowMs)
    {
        if (_releasesUnderWay >= ReleasesUnderWayMax || !IsAnyDue(nowMs)) return false;
        var release = new DelayRelease(this);
        for (var taken = 0; taken < TakenPerTurnMax && !release.IsFull && TryTakeDue(nowMs, out var message); taken++)
            Add(release, message, nowMs);
        if (release.IsEmpty) release.Abandon();
        else Send(release);
        return _releasesUnderWay < ReleasesUnderWayMax && IsAnyDue(nowMs);
    }

    private void Send(DelayRelease release)
    {
        _releasesUnderWay++;
        release.Dispatch();
    }

    private bool IsAnyDue(long nowMs) =>
        _index.FirstDueAtMs <= nowMs || (TryGetFirst(_waiting[0], out var first) && first.Window.EndMs <= nowMs);

    /// <summary>The message that is due first. A moment that had to be sorted on disk is due when it is over.</summary>
    private bool TryTakeDue(long nowMs, out DelayedMessage message)
    {
        while (TryGetFirst(_waiting[0], out var moment) && moment.Window.EndMs <= Math.Min(nowMs, _index.FirstDueAtMs))
        {
            Touch(moment);
            if (moment.Log.TryPeek(out var record, out var position, willDeliver: false))
            {
                message = new DelayedMessage(moment, position, record.RecordBytes);
                moment.Log.Advance();
                moment.Out++;
                return true;
            }

            Unlist(_waiting[0], moment);
        }

        message = default;
        if (_index.FirstDueAtMs > nowMs) return false;
        message = _index.Take();
        return true;
    }

    private void Add(DelayRelease release, in DelayedMessage message, long nowMs)
    {
        var bucket = message.Bucket;
        Touch(bucket);
        RecordView record;
        try
        {
            record = bucket.Log.Read(message.Position, message.RecordBytes);
        }
        catch (RecordDamagedException error)
        {
            BrokerLog.DelayedMessageDamaged(_logger, _virtualHost, Exchange, error);
            bucket.Acknowledge(message.Position, message.RecordBytes);
            return;
        }

        var properties = DelayHeader.Negate(BasicProperties.Read(record.Properties), ref _scratch);
        // By the keys as published: BCC is in them still.
        var targets = Route(record, properties);
        if (targets.IsEmpty)
        {
            bucket.Acknowledge(message.Position, message.RecordBytes);
            return;
        }

        // Once one queue has failed, publishing to all of them again and again would only multiply the message elsewhere.
        if (Array.Exists(targets.Queues, static target => target is MessageQueue { TakesMessages: false }))
        {
            _index.Add(message, nowMs + RetryMs);
            return;
        }

        var head = new MessageHead
        {
            Exchange = record.Exchange,
            RoutingKey = record.RoutingKey,
            Properties = properties,
            Persistent = record.IsPersistent || targets.KeepTransient,
            Priority = record.Priority,
            IsDead = (record.Flags & RecordFlags.Dead) != 0,
            TimestampMs = nowMs,
            // Its time to live begins when it comes to a queue.
            ExpiresAtMs = record.ExpiresAtMs == 0 ? 0 : nowMs + record.ExpiresAtMs - record.TimestampMs,
        };
        release.Add(message, head, record.Body, targets);
    }

    private RouteTargets Route(in RecordView record, ReadOnlySpan<byte> released)
    {
        var properties = BasicProperties.Read(record.Properties);
        if (!FieldTableScan.TryFind(properties.Headers, "BCC"u8, out _, out _))
            return _host.Route(Exchange, record.RoutingKey, BasicProperties.Read(released));
        var delayMs = DelayHeader.ReadMs(properties);
        var withBlindCopies = new BasicPropertiesBuilder(record.Properties).SetHeader(DelayHeader.Name, FieldValue.FromLong(-delayMs));
        return _host.Route(Exchange, record.RoutingKey, BasicProperties.Read(withBlindCopies.ToEncoded()));
    }

    private void EndRelease(DelayRelease release)
    {
        _releasesUnderWay--;
        if (_state != DelayState.Running) return;
        foreach (var message in release.Messages)
        {
            var bucket = message.Bucket;
            if (bucket.IsGone) continue;
            if (release.HasFailed)
            {
                _index.Add(message, NowMs + RetryMs);
                continue;
            }

            bucket.Acknowledge(message.Position, message.RecordBytes);
            Touch(bucket);
            RemoveIfOver(bucket);
        }
    }

    /// <summary>Any thread: the targets of a release have answered.</summary>
    internal void ReleaseEnded(DelayRelease release) => Post(new DelayCommand(DelayCommandKind.Released, release));

    private void SetTimer(long nowMs)
    {
        var wakeAtMs = long.MaxValue;
        // While releases are under way their end starts the next turn.
        if (_releasesUnderWay < ReleasesUnderWayMax)
        {
            if (_index.Count > 0) wakeAtMs = _index.FirstDueAtMs / CoalescedMs * CoalescedMs + CoalescedMs;
            if (TryGetFirst(_waiting[0], out var moment)) wakeAtMs = Math.Min(wakeAtMs, moment.Window.EndMs);
        }

        for (var level = 1; level <= TopLevel; level++)
        {
            if (!TryGetFirst(_waiting[level], out var first)) continue;
            // When the frontier reaches it. Under way already: the end of a move starts the next turn.
            var promotedAtMs = first.Window.StartMs - DelayWindow.WidthMs(level);
            if (promotedAtMs > nowMs) wakeAtMs = Math.Min(wakeAtMs, promotedAtMs);
        }

        if (TryGetFirst(_indexed, out var indexed)) wakeAtMs = Math.Min(wakeAtMs, Math.Max(indexed.Window.EndMs, nowMs + TimerMaxMs));
        if (wakeAtMs == long.MaxValue)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(wakeAtMs - nowMs, 1, TimerMaxMs)), Timeout.InfiniteTimeSpan);
    }
}
