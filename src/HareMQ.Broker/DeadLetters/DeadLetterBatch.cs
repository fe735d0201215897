using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Scheduling;

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

    // Where each copy went, in the order of their sequence numbers, and which is the first of each message.
    private readonly List<RouteTargets> _copies = [];
    private readonly List<int> _firstCopies = [];

    public DeadLetterBatch(MessageQueue source)
    {
        _source = source;
        _batch = PublishBatch.Rent(this);
    }

    public ITurnScheduler Scheduler => _source.Scheduler;

    public IReadOnlyList<DeadMessage> Messages => _messages;

    public bool IsEmpty => _batch.MessageCount == 0;

    public bool IsFull => _batch.MessageCount >= MessagesMax || _batch.Bytes >= BytesMax;

    public void Add(in DeadMessage message, in MessageHead head, ReadOnlySpan<byte> body, RouteTargets targets)
    {
        _messages.Add(message);
        _firstCopies.Add(_copies.Count);
        if (targets.Queues.Length == 1 || !Array.Exists(targets.Queues, static target => target is IPublishTarget { MayRefuse: true }))
        {
            AddCopy(head, body, targets);
            return;
        }

        // A copy for each, so that it is known which of them refused: the others must not get it again.
        foreach (var target in targets.Queues) AddCopy(head, body, new RouteTargets([target]));
    }

    /// <summary>Adds a message that the queue never had. Not in a batch with others.</summary>
    public void Add(in MessageHead head, ReadOnlySpan<byte> body, RouteTargets targets) => AddCopy(head, body, targets);

    /// <summary>What is left to be done, once the queue hears of the end.</summary>
    /// <param name="index">Of the message in <see cref="Messages"/>.</param>
    /// <param name="rest">The message with the targets that are still to get it.</param>
    /// <returns>False when every target is responsible for it.</returns>
    public bool IsRefused(int index, out DeadMessage rest)
    {
        rest = _messages[index];
        if (_hasFailed) return true;
        if (_refused is null) return false;
        List<IRouteTarget> owed = [];
        var isTaken = false;
        var end = index + 1 < _firstCopies.Count ? _firstCopies[index + 1] : _copies.Count;
        for (var copy = _firstCopies[index]; copy < end; copy++)
        {
            if (_refused.Contains((ulong)copy + 1)) owed.AddRange(_copies[copy].Queues);
            else isTaken = true;
        }

        // While nobody has it, it is routed anew each time: the bindings of then count.
        if (isTaken) rest = rest with { Owed = [.. owed] };
        return owed.Count > 0;
    }

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
        if (_hasFailed) _refusedFrom?.Refused();
        else _refusedFrom?.Accepted();
        _source.DeadLettersEnded(this);
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
    }

    private void AddCopy(in MessageHead head, ReadOnlySpan<byte> body, RouteTargets targets)
    {
        body.CopyTo(_batch.Begin(head, body.Length));
        _batch.End(targets);
        _copies.Add(targets);
        _batch.AddConfirm(this, (ulong)_copies.Count);
    }
}
