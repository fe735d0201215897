using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>What a queue must look like from outside, kept in the plainest way: a list of messages in order of arrival.</summary>
internal sealed class QueueModel
{
    private readonly SortedDictionary<ulong, Message> _messages = [];
    private readonly List<Consumer> _consumers = [];

    public IReadOnlyList<Consumer> Consumers => _consumers;

    public long ReadyCount => _messages.Values.Count(message => message.IsReady);

    public long ReadyBodyBytes => _messages.Values.Where(message => message.IsReady).Sum(message => (long)message.BodyBytes);

    public long UnsettledCount => _messages.Values.Count(message => !message.IsReady);

    public void Publish(ulong id, bool persistent, int bodyBytes) => _messages.Add(id, new Message(persistent, bodyBytes));

    public void Attach(Consumer consumer) => _consumers.Add(consumer);

    public void Detach(Consumer consumer) => _consumers.Remove(consumer);

    /// <summary>The queue hands out a message: it must be the oldest ready one, and the consumer one whose turn it may be.</summary>
    public void Deliver(Consumer? consumer, ulong id, in Delivery delivery, bool redelivered, bool autoAck)
    {
        var message = _messages[id];
        Assert.Equal(_messages.First(pair => pair.Value.IsReady).Key, id);
        Assert.Equal(message.DeliveriesThisRun + 1, delivery.DeliveryCount);
        Assert.Equal(message.BodyBytes, delivery.BodyBytes);
        if (message.DeliveredBefore) Assert.True(redelivered, $"message {id} was delivered before");
        else if (!message.IsRecovered) Assert.False(redelivered, $"message {id} was never delivered");
        if (consumer is not null) CheckTurn(consumer);
        message.DeliveriesThisRun++;
        message.DeliveredBefore = true;
        if (autoAck)
        {
            _messages.Remove(id);
            return;
        }

        message.IsReady = false;
        message.Holder = consumer;
    }

    public void Settle(ulong id, Settlement settlement)
    {
        if (settlement == Settlement.Requeue) Release(_messages[id]);
        else _messages.Remove(id);
    }

    public long Purge()
    {
        var ready = _messages.Where(pair => pair.Value.IsReady).Select(pair => pair.Key).ToArray();
        foreach (var id in ready) _messages.Remove(id);
        return ready.Length;
    }

    /// <summary>The broker was stopped and started.</summary>
    public void Restart(bool durable)
    {
        _consumers.Clear();
        foreach (var id in _messages.Where(pair => !durable || !pair.Value.Persistent).Select(pair => pair.Key).ToArray()) _messages.Remove(id);
        foreach (var message in _messages.Values)
        {
            Release(message);
            message.IsRecovered = true;
            message.DeliveriesThisRun = 0;
        }
    }

    /// <summary>Nothing may wait while somebody could take it.</summary>
    public void CheckNobodyIsStarved()
    {
        if (ReadyCount == 0) return;
        Assert.DoesNotContain(_consumers, HasCredit);
    }

    private static void Release(Message message)
    {
        message.IsReady = true;
        message.Holder = null;
    }

    private void CheckTurn(Consumer consumer)
    {
        Assert.Contains(consumer, _consumers);
        Assert.True(HasCredit(consumer), "a consumer got more than its prefetch");
        Assert.DoesNotContain(_consumers, other => other.Priority > consumer.Priority && HasCredit(other));
    }

    private bool HasCredit(Consumer consumer) =>
        consumer.AutoAck || consumer.Prefetch == 0 || _messages.Values.Count(message => ReferenceEquals(message.Holder, consumer)) < consumer.Prefetch;

    private sealed class Message(bool persistent, int bodyBytes)
    {
        public bool Persistent => persistent;

        public int BodyBytes => bodyBytes;

        public bool IsReady { get; set; } = true;

        public Consumer? Holder { get; set; }

        /// <summary>Read from disk in this run: it may be marked as redelivered although nobody got it.</summary>
        public bool IsRecovered { get; set; }

        public bool DeliveredBefore { get; set; }

        public int DeliveriesThisRun { get; set; }
    }
}
