using System.Buffers.Binary;
using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>What one consumer is to do.</summary>
/// <param name="AckEvery">How many deliveries one ack settles; 0: the broker need not wait for acks.</param>
/// <param name="Ledger">Told of every delivery, whose body is then compared with its <see cref="BodyPattern"/>; may be null.</param>
internal sealed record ConsumerPlan(int Id, IReadOnlyList<string> Queues, int AckEvery, IDeliveryLedger? Ledger);

/// <summary>Takes what comes, acknowledges it in steps, and notes how old it is.</summary>
internal sealed class Consumer : LoadConnection
{
    private const int InboxBytes = 512 * 1024;
    private const int BodyBytesOffset = 4;

    private readonly ConsumerPlan _plan;
    private readonly byte[] _stampBytes = new byte[MessageStamp.Bytes];
    private int _consumersOk;
    private ulong _deliveryTag;
    private ulong _consumedTag;
    private bool _isRedelivered;
    private bool _isInBody;
    private bool _isIntact;
    private long _bodyBytes;
    private long _bodyPosition;
    private int _unacked;
    private long _consumed;
    private long _reported;

    public Consumer(AmqpLink link, LoadSession session, ConsumerPlan plan)
        : base(link, session.State, InboxBytes)
    {
        _plan = plan;
        for (var i = 0; i < plan.Queues.Count; i++)
        {
            var (queue, tag) = (Encoding.UTF8.GetBytes(plan.Queues[i]), Encoding.UTF8.GetBytes($"hareperf-{plan.Id}-{i}"));
            link.Outbox.Write(new BasicConsume(queue, tag, false, plan.AckEvery == 0, false, false, default), AmqpLink.Channel);
        }
    }

    public bool IsReady => Volatile.Read(ref _consumersOk) == _plan.Queues.Count;

    public long BodyBytes { get; private set; }

    /// <summary>When the last delivery was received; 0 before the first.</summary>
    public long LastAt { get; private set; }

    public override bool Advance(long now, ref long wakeAt)
    {
        if (State.StopConsuming && _unacked > 0) Acknowledge();
        if (!IsWriteBlocked) Flush();
        if (State.StopConsuming && Link.Outbox.IsEmpty) IsDone = true;
        return false;
    }

    protected override void OnFrame(scoped in Frame frame, in MeasuredSpan measured)
    {
        switch (frame.Type)
        {
            case FrameType.Method:
                OnMethod(frame.Payload);
                break;
            case FrameType.Header:
                OnHeader(BinaryPrimitives.ReadInt64BigEndian(frame.Payload[BodyBytesOffset..]), measured);
                break;
            case FrameType.Body:
                OnBody(frame.Payload, measured);
                break;
        }
    }

    protected override void AfterFrames()
    {
        if (_consumed == _reported) return;
        LastAt = Clock.Now;
        Thread.Tally.AddConsumed(_consumed - _reported);
        _reported = _consumed;
    }

    private void OnMethod(ReadOnlySpan<byte> payload)
    {
        if (!MethodHeader.TryRead(payload, out var method, out var arguments)) throw PerfException.Unexpected("a method without an id");
        if (method == AmqpMethod.BasicDeliver)
        {
            // Nothing but tag and flag is of interest, and BasicDeliver.Read would check three strings for each message.
            var afterConsumerTag = arguments[(1 + arguments[0])..];
            _deliveryTag = BinaryPrimitives.ReadUInt64BigEndian(afterConsumerTag);
            _isRedelivered = afterConsumerTag[sizeof(ulong)] != 0;
            return;
        }

        if (method == AmqpMethod.BasicConsumeOk) Volatile.Write(ref _consumersOk, _consumersOk + 1);
        else OnOtherMethod(method, arguments);
    }

    private void OnHeader(long bodyBytes, in MeasuredSpan measured)
    {
        _bodyBytes = bodyBytes;
        _bodyPosition = 0;
        _isInBody = true;
        _isIntact = true;
        if (bodyBytes == 0) EndMessage(measured);
    }

    private void OnBody(ReadOnlySpan<byte> part, in MeasuredSpan measured)
    {
        if (!_isInBody || part.Length > _bodyBytes - _bodyPosition)
            throw PerfException.Unexpected("a body frame that belongs to no header");
        if (_bodyPosition < MessageStamp.Bytes)
        {
            var stampBytes = (int)Math.Min(MessageStamp.Bytes - _bodyPosition, part.Length);
            part[..stampBytes].CopyTo(_stampBytes.AsSpan((int)_bodyPosition));
        }

        if (_plan.Ledger is not null) Compare(part);
        _bodyPosition += part.Length;
        if (_bodyPosition == _bodyBytes) EndMessage(measured);
    }

    private void Compare(ReadOnlySpan<byte> part)
    {
        var skip = (int)Math.Clamp(MessageStamp.Bytes - _bodyPosition, 0, part.Length);
        if (skip == part.Length) return;
        _isIntact &= BodyPattern.Matches(part[skip..], MessageStamp.Read(_stampBytes).Id, _bodyPosition + skip);
    }

    private void EndMessage(in MeasuredSpan measured)
    {
        _isInBody = false;
        _consumed++;
        _consumedTag = _deliveryTag;
        BodyBytes += _bodyBytes;
        if (_bodyBytes >= MessageStamp.Bytes)
        {
            var stamp = MessageStamp.Read(_stampBytes);
            measured.Add(Thread.Latency, stamp.Time);
            _plan.Ledger?.Delivered(stamp, _isRedelivered, _isIntact);
        }

        if (_plan.AckEvery > 0 && ++_unacked >= _plan.AckEvery) Acknowledge();
    }

    private void Acknowledge()
    {
        // Not the last one begun: a run may end in the middle of a delivery, which then stays in its queue.
        Link.Outbox.Write(new BasicAck(_consumedTag, _plan.AckEvery > 1), AmqpLink.Channel);
        _unacked = 0;
    }
}
