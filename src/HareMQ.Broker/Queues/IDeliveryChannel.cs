using HareMQ.Broker.Messages;

namespace HareMQ.Broker.Queues;

/// <summary>What a queue sees of a channel. Called in queue turns, so on any thread; implementations take one leaf lock and never wait.</summary>
internal interface IDeliveryChannel
{
    /// <summary>The limit that all consumers of the channel share (basic.qos global), or null.</summary>
    SharedCredit? SharedCredit { get; }

    /// <summary>Encodes basic.deliver into the connection's outbound buffer and, unless the consumer acknowledges automatically, remembers the delivery.</summary>
    DeliverResult Deliver(Consumer consumer, in MessageView message, in Delivery delivery, bool redelivered);

    /// <summary>Answers a basic.get with get-ok; <paramref name="remaining"/> is the number of ready messages left.</summary>
    DeliverResult DeliverGet(in MessageView message, in Delivery delivery, bool redelivered, bool autoAck, long remaining);

    /// <summary>Sends what <see cref="Deliver"/> encoded. Called once at the end of a turn for each channel that got something.</summary>
    void FlushDeliveries();

    /// <summary>Shared credit came back: wakes the channel's consumers that wait for it, in whatever queue.</summary>
    void WakeWaitingConsumers();

    /// <summary>The queue is gone: sends basic.cancel to clients that want to know.</summary>
    void CancelledByServer(Consumer consumer);
}

/// <summary>Prefetch shared by the consumers of a channel (RabbitMQ's meaning of basic.qos with global = true). Thread-safe.</summary>
internal sealed class SharedCredit(int limit, int used)
{
    private int _used = used;

    /// <summary>Most unacknowledged deliveries; 0 = unlimited.</summary>
    public int Limit => Volatile.Read(ref limit);

    public bool TryTake()
    {
        var seen = Volatile.Read(ref _used);
        while (true)
        {
            // Not counted up on trial: a refused attempt must not keep another queue from a unit that has just come back.
            var max = Limit;
            if (max != 0 && seen >= max) return false;
            var found = Interlocked.CompareExchange(ref _used, seen + 1, seen);
            if (found == seen) return true;
            seen = found;
        }
    }

    /// <returns>True when consumers may have been waiting for this.</returns>
    public bool Return(int count)
    {
        var after = Interlocked.Add(ref _used, -count);
        var max = Limit;
        return max != 0 && after + count >= max;
    }

    public void SetLimit(int limitNow) => Volatile.Write(ref limit, limitNow);
}
