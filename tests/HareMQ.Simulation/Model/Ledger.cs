using HareMQ.Simulation.Machine;

namespace HareMQ.Simulation.Model;

/// <summary>
/// What was published, promised, delivered and settled, as the clients saw it; and what follows from that for what the broker may do next.
/// </summary>
internal sealed class Ledger(Trace trace, IReadOnlyList<QueueModel> queues)
{
    private readonly Dictionary<int, Message> _messages = [];
    private readonly Dictionary<(int Id, QueueModel Queue), Copy> _copies = [];

    // Whoever has settled a message, or let it go by a rule, needs it no longer: by message and the queue it was published to.
    // With the time at which that was last said.
    private readonly Dictionary<(int Id, QueueModel Root), long> _done = [];
    private readonly Duplicates _duplicates = new();
    private readonly List<long> _crashes = [];
    private bool _hadPowerCut;
    private int _lastId;

    public int Life { get; private set; } = 1;

    /// <summary>The disk has failed in this life: the broker may have given up channels that do not know it yet.</summary>
    public bool IsDisturbed { get; set; }

    public int Published => _messages.Count;

    public int Confirmed => _messages.Values.Count(message => message.Outcome == Outcome.Confirmed);

    public int Delivered { get; private set; }

    /// <summary>The present, in events.</summary>
    public long Now => trace.Count;

    /// <summary>What is to be published next.</summary>
    public Message Publish(Func<int, Message> create)
    {
        var message = create(++_lastId);
        _messages.Add(message.Id, message);
        trace.Note($"channel {message.Publisher} publishes {message} to {string.Join(", ", message.Queues.Select(queue => queue.Name))}");
        foreach (var root in message.Queues)
            for (var queue = root; queue is not null; queue = queue.DeadLetters) _copies.Add((message.Id, queue), new Copy(message, queue, root));
        if (message.Key is not null) _duplicates.Add(message);
        return message;
    }

    public void Confirm(Message message)
    {
        if (message.Outcome is not (Outcome.Open or Outcome.Uncommitted))
            throw new BrokenPromiseException($"{message} is confirmed, but was {message.Outcome} before.");
        message.Outcome = Outcome.Confirmed;
        trace.Note($"confirmed: {message.Id}");
    }

    public void Refuse(Message message, bool mayFail)
    {
        if (message.Outcome != Outcome.Open) throw new BrokenPromiseException($"{message} is refused, but was {message.Outcome} before.");
        if (!mayFail && !message.Queues.Any(queue => queue.MayRefuse)) throw new BrokenPromiseException($"{message} is refused without a reason.");
        message.Outcome = Outcome.Refused;
    }

    /// <summary>A delivery has reached a client. Finds out whether it may have.</summary>
    /// <param name="queue">That it comes from.</param>
    /// <param name="body">What it looks like.</param>
    /// <param name="redelivered">Its flag.</param>
    /// <param name="autoAck">Nobody will settle it.</param>
    /// <param name="requestedAt">When the client asked for it, or began to consume.</param>
    public Copy Deliver(QueueModel queue, ReadOnlySpan<byte> body, bool redelivered, bool autoAck, long requestedAt)
    {
        Delivered++;
        var id = body.Length >= sizeof(int) ? BitConverter.ToInt32(body) : 0;
        if (!_messages.TryGetValue(id, out var message)) throw new BrokenPromiseException($"{queue.Name} delivers message {id}, which nobody published.");
        if (!_copies.TryGetValue((id, queue), out var copy)) throw new BrokenPromiseException($"{queue.Name} delivers {message}, which was never sent there.");
        if (!body.SequenceEqual(message.Body())) throw new BrokenPromiseException($"{copy} has another body than was published.");
        if (message.Outcome is Outcome.RolledBack or Outcome.Uncommitted)
            throw new BrokenPromiseException($"{copy} is delivered, but it is {message.Outcome}.");
        if (message.Outcome == Outcome.Refused && !IsDisturbed && message.Queues is [{ MayRefuse: true }] && ReferenceEquals(queue, copy.Root) && message.Life == Life)
            throw new BrokenPromiseException($"{copy} is delivered, but was refused.");
        if (message.Life < Life && ReferenceEquals(queue, copy.Root) && !message.IsDelayed && !message.Queues.Any(target => target.KeepsTransient) && !(message.Persistent && queue.Durable))
            throw new BrokenPromiseException($"{copy} is delivered, but was not to survive a restart.");
        trace.Note($"client gets {id} of {queue.Name}{(redelivered ? " again" : "")}");
        if (copy.GoneAt < requestedAt)
            throw new BrokenPromiseException($"{copy} is delivered although the queue that held it was {copy.Loss}.");
        if (!IsDisturbed)
        {
            CheckPlaces(copy);
            CheckFlag(copy, redelivered);
            if (message.Key is not null) CheckDuplicates(copy);
        }

        copy.WasSeen = true;
        copy.FlagIsUnsure = false;
        if (autoAck) Settle(copy);
        else copy.Outstanding++;
        return copy;
    }

    public void Acknowledge(Copy copy)
    {
        copy.Outstanding--;
        Settle(copy);
    }

    public void Discard(Copy copy)
    {
        copy.Outstanding--;
        copy.Settled++;
        if (copy.Queue.DeadLetters is null) Done(copy);
    }

    public void Return(Copy copy) => copy.Outstanding--;

    /// <summary>An ack or a reject that the broker may not have read.</summary>
    public void Unsettle(Copy copy) => copy.Settled--;

    public void Note(string what) => trace.Note(what);

    /// <summary>What is ready in the queue may be gone: purged, deleted, or automatically acknowledged on its way to a client that left.</summary>
    public void MayHaveLost(QueueModel queue)
    {
        foreach (var copy in _copies.Values)
            if (ReferenceEquals(copy.Queue, queue)) Done(copy);
    }

    /// <summary>What is in the queue for certain: its publisher has heard so, and nobody has settled it.</summary>
    public IReadOnlyList<Copy> Held(QueueModel queue) => [.. _copies.Values.Where(copy =>
        ReferenceEquals(copy.Queue, queue) && ReferenceEquals(copy.Root, queue) && copy.Message is { Outcome: Outcome.Confirmed, IsDelayed: false })];

    /// <summary>The queue is gone, and with it what it held.</summary>
    /// <param name="queue">Which.</param>
    /// <param name="held">What it held when its deletion was asked for.</param>
    /// <param name="loss">It was deleted, or has expired.</param>
    public void Deleted(QueueModel queue, IReadOnlyList<Copy> held, Loss loss)
    {
        trace.Note($"{queue.Name} is {loss}");
        queue.IsBeingDeleted = queue.IsAbsent = true;
        queue.Consumers.Clear();
        MayHaveLost(queue);
        foreach (var copy in held) copy.Lose(loss, trace.Count);
    }

    /// <summary>The queue is there again. What was published meanwhile went nowhere.</summary>
    public void Replaced(QueueModel queue)
    {
        trace.Note($"{queue.Name} is back");
        MayHaveLost(queue);
        (queue.IsBeingDeleted, queue.IsAbsent, queue.BackAt) = (false, false, trace.Count);
    }

    /// <summary>All that was ready in the queue is gone.</summary>
    /// <param name="queue">Which.</param>
    /// <param name="ready">What must have been ready, for nobody can have had it.</param>
    public void Purged(QueueModel queue, IReadOnlyList<Copy> ready)
    {
        MayHaveLost(queue);
        foreach (var copy in ready.Where(copy => copy.GoneAt is null)) copy.Lose(Loss.Purged, trace.Count);
    }

    /// <summary>From now on nobody sees what the broker delivers on a channel.</summary>
    public void BeginLeaving(QueueModel queue, bool autoAck)
    {
        queue.LeavingChannels++;
        if (!autoAck) return;
        queue.LeavingAutoAcks++;
        MayHaveLost(queue);
    }

    /// <summary>The broker knows, and delivers nothing more on it.</summary>
    public void EndLeaving(QueueModel queue, bool autoAck)
    {
        queue.LeavingChannels--;
        queue.LostDeliveriesAt = queue.TouchedAt = trace.Count;
        if (!autoAck) return;
        queue.LeavingAutoAcks--;
        MayHaveLost(queue);
    }

    /// <summary>The broker has died and come back.</summary>
    /// <param name="isClean">It was asked to stop, and did.</param>
    /// <param name="lostPower">What was not synced may be lost.</param>
    /// <param name="forgetsFlags">That something was delivered may not have been written down.</param>
    /// <param name="forgetsPurges">What was taken out of a queue may not have been written down.</param>
    public void Restart(bool isClean, bool lostPower, bool forgetsFlags, bool forgetsPurges)
    {
        Life++;
        IsDisturbed = false;
        if (!isClean) _crashes.Add(trace.Count);
        _hadPowerCut |= lostPower;
        foreach (var queue in queues)
        {
            if (queue.LeavingAutoAcks > 0) MayHaveLost(queue);
            queue.LeavingChannels = queue.LeavingAutoAcks = 0;
            queue.Consumers.Clear();
            if (queue.IsBeingDeleted) Replaced(queue);
        }

        foreach (var copy in _copies.Values)
        {
            copy.Outstanding = 0;
            // An ack that was written and not synced may be forgotten.
            if (!isClean) copy.Settled = 0;
            copy.FlagIsUnsure |= lostPower || forgetsFlags;
            if ((copy.Loss == Loss.Purged && (lostPower || forgetsPurges)) || (copy.Loss == Loss.Expired && !isClean)) copy.Regain();
        }

        foreach (var message in _messages.Values)
        {
            if (message.Outcome == Outcome.Uncommitted) message.Outcome = Outcome.RolledBack;
            foreach (var root in message.Queues)
                if (!message.Persistent || !root.Durable) _done[(message.Id, root)] = trace.Count;
        }
    }

    /// <summary>How many ready messages the queue has at least, and at most.</summary>
    public (int Min, int Max) Count(QueueModel queue)
    {
        int min = 0, max = 0;
        foreach (var copy in _copies.Values)
        {
            if (!ReferenceEquals(copy.Queue, queue) || copy.GoneAt is not null) continue;
            var left = CopiesMax(copy) - copy.Outstanding - copy.Settled;
            if (left > 0 && copy.Message.Outcome is not (Outcome.RolledBack or Outcome.Uncommitted)) max += left;
            if (IsDue(copy) && copy.Outstanding + copy.Settled == 0 && queue.DeadLetters is null && ReferenceEquals(queue, copy.Root) && !copy.Message.IsDelayed
                && copy.Message.Key is null) min++;
        }

        // What lies behind a footer is missed when it is read, not before.
        return (min, _hadPowerCut ? int.MaxValue : max);
    }

    /// <summary>Confirmed, and neither delivered for good nor dropped by a rule.</summary>
    public IReadOnlyList<Copy> Missing() => [.. _copies.Values.Where(copy => ReferenceEquals(copy.Queue, copy.Root) && IsDue(copy))];

    private bool IsDue(Copy copy) => copy.Message.Outcome == Outcome.Confirmed
        && !_done.ContainsKey((copy.Message.Id, copy.Root))
        && !(copy.Message.Key is not null && _duplicates.Stands(copy, _done))
        && !copy.Root.Drops
        && !(copy.Message.Expires && copy.Root.DeadLetters is null);

    private void Settle(Copy copy)
    {
        copy.Settled++;
        Done(copy);
    }

    private void Done(Copy copy) => _done[(copy.Message.Id, copy.Root)] = trace.Count;

    private void CheckDuplicates(Copy copy)
    {
        foreach (var other in _duplicates.Of(copy.Message))
        {
            if (ReferenceEquals(other, copy.Message)) continue;
            var held = _copies[(other.Id, copy.Queue)];
            if (copy.Root.Deduplication == Deduplication.InExchange)
            {
                if (held.WasSeen && other.Life == copy.Message.Life) throw new BrokenPromiseException($"{copy} is delivered, but is a duplicate of {other}.");
            }
            else if (held.Outstanding > 0 && !_crashes.Any(at => at >= Math.Min(other.PublishedAt, copy.Message.PublishedAt)))
            {
                throw new BrokenPromiseException($"{copy} is delivered while {other}, of the same key, is in the queue.");
            }
        }
    }

    private void CheckPlaces(Copy copy)
    {
        if (copy.Outstanding + copy.Settled < CopiesMax(copy)) return;
        throw new BrokenPromiseException(copy.Outstanding > 0
            ? $"{copy} is delivered while another client has it."
            : $"{copy} is delivered although it was settled.");
    }

    private void CheckFlag(Copy copy, bool redelivered)
    {
        if (!redelivered && copy.WasSeen && !copy.FlagIsUnsure && CopiesMax(copy) == 1)
            throw new BrokenPromiseException($"{copy} comes again without being flagged as redelivered.");
        if (redelivered && !copy.WasSeen && copy.Message.Life == Life
            && copy.Queue.LeavingChannels == 0 && copy.Queue.LostDeliveriesAt < copy.Message.PublishedAt)
            throw new BrokenPromiseException($"{copy} is flagged as redelivered, but nobody can have had it.");
    }

    /// <summary>What moves from log to log may be doubled by a crash in between, never by anything else.</summary>
    private int CopiesMax(Copy copy)
    {
        var moves = !ReferenceEquals(copy.Queue, copy.Root) || copy.Message.IsDelayed;
        return moves ? 1 + _crashes.Count(at => at >= copy.Message.PublishedAt) : 1;
    }
}
