using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.DeadLetters;

/// <summary>Dead messages of one queue on their way. Published like anybody's; the queue forgets them once their targets are responsible.</summary>
internal sealed class DeadLetterBatch : IConfirmSink, IBatchOwner
{
    private const int MessagesMax = 1024;
    private const int BytesMax = 1024 * 1024;

    private readonly MessageQueue _source;
    private readonly List<DeadMessage> _messages = [];
    private readonly PublishBatch _batch;
    private PublishBatch? _refusedFrom;
    private bool _hasFailed;
    private HashSet<ulong>? _refused;

    public DeadLetterBatch(MessageQueue source)
    {
        _source = source;
        _batch = PublishBatch.Rent(this);
    }

    public IReadOnlyList<DeadMessage> Messages => _messages;

    public bool IsEmpty => _batch.MessageCount == 0;

    public bool IsFull => _batch.MessageCount >= MessagesMax || _batch.Bytes >= BytesMax;

    public void Add(in DeadMessage message, in MessageHead head, ReadOnlySpan<byte> body, RouteTargets targets)
    {
        Add(head, body, targets);
        _messages.Add(message);
    }

    /// <summary>Adds a message that the queue never had.</summary>
    public void Add(in MessageHead head, ReadOnlySpan<byte> body, RouteTargets targets)
    {
        body.CopyTo(_batch.Begin(head, body.Length));
        _batch.End(targets);
        _batch.AddConfirm(this, (ulong)_batch.MessageCount);
    }

    /// <summary>Whether some target could not store the message, or had no room for it. Known when the queue hears of the end.</summary>
    /// <param name="index">Of the message in <see cref="Messages"/>.</param>
    public bool IsRefused(int index) => _hasFailed || (_refused is not null && _refused.Contains((ulong)index + 1));

    /// <summary>Its publishers hear of the refusal once the dead letters are where they go to: back-pressure, as for any publish.</summary>
    public void RefusedFrom(PublishBatch batch)
    {
        batch.AwaitOneMore();
        _refusedFrom = batch;
    }

    /// <summary>Posts the messages to their targets; none of them runs on this thread.</summary>
    public void Dispatch() => _batch.Dispatch(runInline: false);

    /// <summary>Instead of <see cref="Dispatch"/>, when it has stayed empty.</summary>
    public void Abandon() => _batch.Abandon();

    void IConfirmSink.Complete(ConfirmTicket ticket)
    {
        _hasFailed = ticket.Refused;
        if (ticket.RefusedSequences is { } refused) _refused = [.. refused];
        _refusedFrom?.Accepted();
        _source.DeadLettersEnded(this);
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
    }
}
