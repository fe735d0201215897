using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues.Features;

/// <summary>What a queue must do, on a plain list. Told which consumer got a message; whether it may have, the model knows.</summary>
internal sealed partial class FeatureModel(QueueShape shape)
{
    private readonly List<ModelMessage> _messages = [];
    private readonly List<ModelMessage> _dying = [];
    private readonly List<Consumer> _consumers = [];
    private Queue<Delivered> _delivered = [];

    public QueueRules Rules { get; private set; } = shape.Rules;

    public long NowMs { get; set; }

    public IReadOnlyList<Consumer> Consumers => _consumers;

    /// <summary>Dead letters since <see cref="Begin"/>, in order.</summary>
    public List<Buried> Buried { get; } = [];

    /// <summary>Publishes since <see cref="Begin"/> that the queue had no room for.</summary>
    public List<ulong> Refused { get; } = [];

    public IEnumerable<ModelMessage> Ready =>
        _messages.Where(message => !message.IsOut).OrderByDescending(message => message.Priority).ThenBy(message => message.Order);

    public IReadOnlyList<ModelMessage> Out => [.. _messages.Where(message => message.IsOut)];

    public IEnumerable<ModelMessage> All => _messages;

    private ModelMessage? Head => Ready.FirstOrDefault();

    /// <param name="delivered">What the queue has handed out in this step.</param>
    public void Begin(IEnumerable<Delivered> delivered)
    {
        _delivered = new Queue<Delivered>(delivered);
        Buried.Clear();
        Refused.Clear();
    }

    public void End() => Assert.True(_delivered.Count == 0, $"nobody should have got {string.Join(", ", _delivered)}");

    public void Publish(IEnumerable<ModelMessage> messages)
    {
        Enqueue([.. messages]);
        Turn();
    }

    /// <returns>False when the queue refuses the consumer.</returns>
    public bool MayAttach(Consumer consumer) =>
        !_consumers.Exists(other => other.Exclusive) && !(consumer.Exclusive && (_consumers.Count > 0 || shape.SingleActive));

    public void Attach(Consumer consumer)
    {
        _consumers.Add(consumer);
        Turn();
    }

    public void Detach(Consumer consumer)
    {
        _consumers.Remove(consumer);
        Turn();
    }

    public void Settle(IEnumerable<ModelMessage> messages, Settlement settlement)
    {
        foreach (var message in messages)
        {
            if (settlement == Settlement.Acknowledge) _messages.Remove(message);
            else if (settlement == Settlement.Discard) Die(message, "rejected");
            else if (message.Deliveries > Rules.DeliveryLimit) Die(message, "delivery_limit");
            else message.Release();
        }

        Turn();
    }

    /// <returns>False when there is nothing to get.</returns>
    public bool Get(bool autoAck)
    {
        if (Head is not { } head) return false;
        var delivered = Take(head);
        Assert.Null(delivered.Consumer);
        HandOut(head, null, autoAck);
        Turn();
        return true;
    }

    public int Purge() => _messages.RemoveAll(message => !message.IsOut);

    public void Change(QueueRules rules)
    {
        Rules = rules;
        Turn();
    }

    public void Restart()
    {
        _consumers.Clear();
        _messages.RemoveAll(message => !message.Persistent);
        foreach (var message in _messages) message.Recover();
        Rules = shape.Rules;
        Turn();
    }

    /// <summary>How many are left when everything is gone that had expired by then, and could be seen.</summary>
    public int ReadyCountAt(long nowMs) =>
        Ready.GroupBy(message => message.Priority).Sum(lane => lane.SkipWhile(message => DueAtMs(message) <= nowMs).Count());

    private long DueAtMs(ModelMessage message) =>
        Math.Min(message.ExpiresAtMs ?? long.MaxValue, Rules.TtlMs is { } ttl ? message.TimestampMs + ttl : long.MaxValue);

    /// <summary>Does what there is to do, dead letters that come back included.</summary>
    public void Turn()
    {
        while (true)
        {
            DeliverAndExpire();
            if (Rules.Overflow == OverflowPolicy.DropHead)
                while (!HasRoomFor(0, 0) && Head is { } head) Die(head, "maxlen");
            if (_dying.Count == 0) return;
            var dead = _dying.ToArray();
            _dying.Clear();
            Enqueue([.. dead.Select(Bury).OfType<ModelMessage>()]);
        }
    }

    private void DeliverAndExpire()
    {
        while (Head is { } head && IsTakerThere())
        {
            if (DueAtMs(head) <= NowMs) Die(head, "expired");
            else Deliver(head);
        }

        foreach (var lane in Ready.GroupBy(message => message.Priority).Select(lane => lane.ToArray()).ToArray())
            foreach (var message in lane.TakeWhile(message => DueAtMs(message) <= NowMs)) Die(message, "expired");
    }

    private void Enqueue(List<ModelMessage> messages)
    {
        if (!Rules.Refuses)
        {
            Take(messages);
            return;
        }

        // As if each had come alone; but those that find room are given away together, the most important first.
        var fitting = new List<ModelMessage>();
        foreach (var message in messages)
        {
            if (!HasRoomFor(fitting, message))
            {
                Take(fitting);
                fitting.Clear();
                DeliverAndExpire();
            }

            if (HasRoomFor(fitting, message)) fitting.Add(message);
            else Refuse(message);
        }

        Take(fitting);
    }

    private void Take(List<ModelMessage> messages)
    {
        foreach (var lane in messages.GroupBy(message => message.Priority).OrderByDescending(lane => lane.Key))
        {
            // Whoever waits for a message gets it, however short its life.
            var isWanted = Head is null;
            foreach (var message in lane)
            {
                _messages.Add(message);
                isWanted = isWanted && IsTakerThere();
                if (isWanted) Deliver(message);
            }
        }
    }

    private void Refuse(ModelMessage message)
    {
        Refused.Add(message.Id);
        if (Rules.Overflow != OverflowPolicy.RejectPublishDlx) return;
        message.AddDeath("maxlen");
        Bury(message);
    }

    private bool HasRoomFor(List<ModelMessage> fitting, ModelMessage message) =>
        HasRoomFor(fitting.Count + 1, fitting.Sum(each => each.BodyBytes) + message.BodyBytes);

    private bool HasRoomFor(int count, int bytes) =>
        !(Ready.Count() + count > Rules.MaxLength) && !(Ready.Sum(message => message.BodyBytes) + bytes > Rules.MaxLengthBytes);

    private void Die(ModelMessage message, string reason)
    {
        _messages.Remove(message);
        message.AddDeath(reason);
        _dying.Add(message);
    }

    /// <returns>The message as it comes back into the queue, when that is where its dead letters go.</returns>
    private ModelMessage? Bury(ModelMessage message)
    {
        if (Rules.Target == DeadLetterTarget.Grave) Buried.Add(new Buried(message.Id, [.. message.Deaths], message.FirstDeath!));
        // Round and round without anybody looking at it: that ends at once.
        var comesBack = Rules.Target == DeadLetterTarget.Self && message.Deaths[0].Reason == "rejected";
        return comesBack ? message.Reborn(NowMs) : null;
    }
}

/// <param name="Consumer">Null for basic.get.</param>
/// <param name="CountHeader">x-delivery-count.</param>
internal sealed record Delivered(Consumer? Consumer, ulong Id, Delivery Delivery, bool Redelivered, long? CountHeader);

internal sealed record Buried(ulong Id, IReadOnlyList<(string Reason, long Count)> Deaths, string FirstReason)
{
    public override string ToString() => $"{Id} first {FirstReason}: {string.Join(", ", Deaths)}";
}
