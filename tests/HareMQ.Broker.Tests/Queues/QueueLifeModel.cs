using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>What a queue with all its features does to its messages, in the plainest way: a list, looked through from the front each time.</summary>
internal sealed class QueueLifeModel(QueueSettings settings)
{
    private readonly List<Message> _messages = [];

    /// <summary>What has died since somebody looked: text and reason.</summary>
    public List<(string Text, string Reason)> Dead { get; } = [];

    public int ReadyCount => _messages.Count(message => message.IsReady);

    public long ReadyBytes => _messages.Where(message => message.IsReady).Sum(message => (long)message.Text.Length);

    public IReadOnlyList<Message> Out => [.. _messages.Where(message => !message.IsReady)];

    /// <summary>Highest priority first, then in order of arrival.</summary>
    private IEnumerable<Message> Ready => _messages.Where(message => message.IsReady).OrderByDescending(message => message.Lane).ThenBy(message => message.Number);

    /// <summary>Several that come together: each is taken or refused as if it had come alone; what gives way does so afterwards.</summary>
    public void Publish(IEnumerable<Message> batch, long nowMs)
    {
        foreach (var message in batch)
        {
            message.Lane = settings.MaxPriority is { } max ? Math.Min(message.Priority, max) : (byte)0;
            // What has expired makes room, though it came in the same batch: each message counts as if it had come alone.
            if (settings.RefusesOverflow && !HasRoomFor(message.Text.Length)) Tidy(nowMs);
            if (settings.RefusesOverflow && !HasRoomFor(message.Text.Length))
            {
                if (settings.Overflow == OverflowPolicy.RejectPublishDlx) Die(message, "maxlen");
                continue;
            }

            _messages.Add(message);
        }

        Tidy(nowMs);
    }

    public Message? Get(long nowMs)
    {
        Tidy(nowMs);
        if (Ready.FirstOrDefault() is not { } head) return null;
        head.IsReady = false;
        head.Deliveries++;
        return head;
    }

    public void Settle(Message message, Settlement settlement, long nowMs)
    {
        if (settlement == Settlement.Requeue && !(message.Deliveries > settings.DeliveryLimit)) message.IsReady = true;
        else Remove(message);
        if (settlement == Settlement.Discard) Die(message, "rejected");
        else if (settlement == Settlement.Requeue && !message.IsReady) Die(message, "delivery_limit");
        Tidy(nowMs);
    }

    public int Purge() => _messages.RemoveAll(message => message.IsReady);

    /// <summary>What was out comes back; how often it was out is forgotten.</summary>
    public void Restart(long nowMs)
    {
        _messages.RemoveAll(message => !message.IsPersistent);
        foreach (var message in _messages)
        {
            message.MayBeRedelivered = true;
            message.MustBeRedelivered |= message.Deliveries > 0;
            (message.IsReady, message.Deliveries) = (true, 0);
        }

        Tidy(nowMs);
    }

    /// <summary>Heads that have expired go first, those of each priority; then what is too much.</summary>
    public void Tidy(long nowMs)
    {
        foreach (var lane in _messages.Select(message => message.Lane).Distinct().OrderDescending().ToArray())
        {
            while (Ready.FirstOrDefault(message => message.Lane == lane) is { } head && DueAtMs(head) <= nowMs)
            {
                Remove(head);
                Die(head, "expired");
            }
        }

        if (settings.RefusesOverflow) return;
        while ((ReadyCount > settings.MaxLength || ReadyBytes > settings.MaxLengthBytes) && Ready.FirstOrDefault() is { } head)
        {
            Remove(head);
            Die(head, "maxlen");
        }
    }

    private long DueAtMs(Message message)
    {
        var own = message.ExpirationMs >= 0 ? message.PublishedAtMs + message.ExpirationMs : long.MaxValue;
        return settings.MessageTtlMs is { } ttl ? Math.Min(own, message.PublishedAtMs + ttl) : own;
    }

    private bool HasRoomFor(int bytes) =>
        !(ReadyCount + 1 > settings.MaxLength) && !(ReadyBytes + bytes > settings.MaxLengthBytes);

    private void Remove(Message message) => _messages.Remove(message);

    private void Die(Message message, string reason)
    {
        if (settings.DeadLetterExchange is not null) Dead.Add((message.Text, reason));
    }

    internal sealed class Message
    {
        public required int Number { get; init; }

        public required string Text { get; init; }

        public required byte Priority { get; init; }

        public required long PublishedAtMs { get; init; }

        /// <summary>-1 = none.</summary>
        public required long ExpirationMs { get; init; }

        public required bool IsPersistent { get; init; }

        public byte Lane { get; set; }

        public bool IsReady { get; set; } = true;

        public int Deliveries { get; set; }

        /// <summary>After a restart nobody knows exactly.</summary>
        public bool MayBeRedelivered { get; set; }

        public bool MustBeRedelivered { get; set; }
    }
}
