using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>What one publisher is to do.</summary>
/// <param name="Id">From 1; in every stamp.</param>
/// <param name="CountMax">Messages to send; null: until told to stop.</param>
/// <param name="Pace">Null: as fast as possible.</param>
/// <param name="ConfirmWindow">0: without confirms.</param>
/// <param name="BarrierQueue">Counted when all is sent: the answer comes after the publishes before it. Null: qos is asked instead.</param>
/// <param name="Ledger">Told of every ack; bodies are then filled with <see cref="BodyPattern"/>.</param>
internal sealed record PublisherPlan(
    int Id, long? CountMax, PublisherPace? Pace, int ConfirmWindow, string? BarrierQueue, IConfirmLedger? Ledger);

/// <summary>Publishes slices of its batch as fast as socket, window, rate and messages in flight allow.</summary>
internal sealed class Publisher : LoadConnection
{
    private const int InboxBytes = 64 * 1024;

    // How often a publisher that waits for consumers looks at what they have done.
    private const long InFlightWaitNanoseconds = 100_000;

    private readonly PublisherPlan _plan;
    private readonly LoadSession _session;
    private readonly ConfirmWindow? _window;
    private int _next;
    private int _sliceStart;
    private int _sliceEnd;
    private long _published;
    private bool _isPaused;
    private bool _isBarrierSent;

    public Publisher(AmqpLink link, LoadSession session, PublisherPlan plan, MessageBatch batch)
        : base(link, session.State, InboxBytes)
    {
        _plan = plan;
        _session = session;
        Batch = batch;
        if (plan.ConfirmWindow > 0) _window = new ConfirmWindow(plan.ConfirmWindow);
    }

    public MessageBatch Batch { get; }

    public long Published => Volatile.Read(ref _published);

    public long Settled => _window?.SettledCount ?? 0;

    public long Nacked => _window?.NackedCount ?? 0;

    public long Returned { get; private set; }

    /// <summary>When the broker had handled all there is; 0 before.</summary>
    public long DoneAt { get; private set; }

    protected override ReadOnlySpan<byte> Unsent =>
        _sliceStart < _sliceEnd ? Batch.Bytes.AsSpan(_sliceStart, _sliceEnd - _sliceStart) : Link.Outbox.Unsent;

    public override bool Advance(long now, ref long wakeAt)
    {
        // Stamps of a slice must not change before it is sent.
        if (IsWriteBlocked || !Flush()) return false;
        if (IsFinishing)
        {
            Finish();
            return false;
        }

        var count = CountToPublish(now, ref wakeAt);
        if (count == 0) return false;
        Publish(count);
        return true;
    }

    protected override void Sent(int bytes)
    {
        if (_sliceStart < _sliceEnd) _sliceStart += bytes;
        else base.Sent(bytes);
    }

    protected override void OnFrame(scoped in Frame frame, in MeasuredSpan measured)
    {
        // Header and body of a returned message say nothing new.
        if (frame.Type != FrameType.Method || !MethodHeader.TryRead(frame.Payload, out var method, out var arguments)) return;
        switch (method)
        {
            case AmqpMethod.BasicAck:
                var ack = BasicAck.Read(arguments);
                Settle(ack.DeliveryTag, ack.Multiple, nack: false, measured);
                break;
            case AmqpMethod.BasicNack:
                var nack = BasicNack.Read(arguments);
                Settle(nack.DeliveryTag, nack.Multiple, nack: true, measured);
                break;
            case AmqpMethod.BasicReturn:
                Returned++;
                break;
            case AmqpMethod.ChannelFlow:
                _isPaused = !ChannelFlow.Read(arguments).Active;
                Link.Outbox.Write(new ChannelFlowOk(!_isPaused), AmqpLink.Channel);
                break;
            case AmqpMethod.QueueDeclareOk or AmqpMethod.BasicQosOk when _isBarrierSent:
                DoneAt = Clock.Now;
                IsDone = true;
                break;
            default:
                OnOtherMethod(method, arguments);
                break;
        }
    }

    private bool IsFinishing => State.StopPublishing || _published == _plan.CountMax;

    private void Settle(ulong tag, bool multiple, bool nack, in MeasuredSpan measured)
    {
        if (_window is null) throw PerfException.Unexpected("a confirm although none were asked for");
        _window.Settle(tag, multiple, nack, measured, Thread.ConfirmLatency, _plan.Ledger);
    }

    private long CountToPublish(long now, ref long wakeAt)
    {
        if (_isPaused) return 0;
        var count = _plan.CountMax - _published ?? long.MaxValue;
        if (_window is not null) count = Math.Min(count, _window.Room);
        if (count > 0 && _session.InFlightMax > 0)
        {
            count = Math.Min(count, _session.InFlightRoom());
            if (count == 0) wakeAt = Math.Min(wakeAt, now + InFlightWaitNanoseconds);
        }

        if (count > 0 && _plan.Pace is { } pace)
        {
            count = Math.Min(count, pace.DueAfter(now - State.PublishFrom) - _published);
            if (count <= 0) WakeWhenDue(pace, ref wakeAt);
        }

        return Math.Clamp(count, 0, Batch.Count - _next);
    }

    private void WakeWhenDue(PublisherPace pace, ref long wakeAt)
    {
        var due = pace.DueTime(_published);
        if (due < long.MaxValue - State.PublishFrom) wakeAt = Math.Min(wakeAt, State.PublishFrom + due);
    }

    private void Publish(long count)
    {
        var time = Clock.Now;
        for (var i = 0; i < count; i++)
        {
            var sequence = _published + 1 + i;
            // Not now but when it was due: a publisher that was held up must not hide that.
            if (_plan.Pace is { } pace) time = State.PublishFrom + pace.DueTime(sequence - 1);
            Stamp(_next + i, new MessageStamp(MessageStamp.IdOf(_plan.Id, sequence), time));
            _window?.Sent(time);
        }

        _sliceStart = Batch.Starts[_next];
        _next += (int)count;
        _sliceEnd = Batch.Starts[_next];
        if (_next == Batch.Count) _next = 0;
        Volatile.Write(ref _published, _published + count);
        Thread.Tally.AddPublished(count);
        Flush();
    }

    private void Stamp(int message, MessageStamp stamp)
    {
        if (Batch.BodySizes[message] < MessageStamp.Bytes) return;
        if (_plan.Ledger is not null) Batch.FillBody(message, stamp.Id);
        stamp.WriteTo(Batch.Bytes.AsSpan(Batch.BodyStarts[message], MessageStamp.Bytes));
    }

    private void Finish()
    {
        if (_isBarrierSent || _window is { IsSettled: false }) return;
        if (_plan.BarrierQueue is { } queue) AmqpLink.WriteCountMessages(Link.Outbox, queue);
        else Link.Outbox.Write(new BasicQos(0, 0, false), AmqpLink.Channel);
        _isBarrierSent = true;
        Flush();
    }
}
