using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Scheduling;

namespace HareMQ.Broker.Delays;

/// <summary>Messages that have waited, on their way to their queues.</summary>
internal sealed class DelayRelease : IConfirmSink, IBatchOwner
{
    private const int MessagesMax = 1024;
    private const int BytesMax = 1024 * 1024;

    private readonly DelayedMessages _source;
    private readonly List<DelayedMessage> _messages = [];
    private readonly PublishBatch _batch;

    public DelayRelease(DelayedMessages source)
    {
        _source = source;
        _batch = PublishBatch.Rent(this);
    }

    public ITurnScheduler Scheduler => _source.Scheduler;

    public IReadOnlyList<DelayedMessage> Messages => _messages;

    /// <summary>A queue could not store what it was given. Set before the source hears of the end.</summary>
    public bool HasFailed { get; private set; }

    public bool IsEmpty => _messages.Count == 0;

    public bool IsFull => _messages.Count >= MessagesMax || _batch.Bytes >= BytesMax;

    public void Add(in DelayedMessage message, in MessageHead head, ReadOnlySpan<byte> body, RouteTargets targets)
    {
        body.CopyTo(_batch.Begin(head, body.Length));
        _batch.End(targets);
        _messages.Add(message);
    }

    /// <summary>Posts the messages to their queues; none of them runs on this thread.</summary>
    public void Dispatch()
    {
        _batch.AddConfirm(this, sequence: 1);
        _batch.Dispatch(runInline: false);
    }

    /// <summary>Instead of <see cref="Dispatch"/>, when it has stayed empty.</summary>
    public void Abandon() => _batch.Abandon();

    void IConfirmSink.Complete(ConfirmTicket ticket)
    {
        HasFailed = ticket.Refused;
        _source.ReleaseEnded(this);
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
    }
}
