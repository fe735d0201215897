using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>A channel that keeps what it is given.</summary>
internal sealed class TestChannel : IDeliveryChannel
{
    public List<(Consumer? Consumer, ulong Id, Delivery Delivery, bool Redelivered)> Received { get; } = [];

    public List<Consumer> Cancelled { get; } = [];

    /// <summary>Called for every message before it is kept.</summary>
    public Action<Consumer?, ulong, Delivery, bool>? OnDelivery { get; init; }

    public SharedCredit? SharedCredit { get; set; }

    public long LastRemaining { get; private set; }

    public int Flushes { get; private set; }

    public int Wakes { get; private set; }

    /// <summary>Deliveries that still fit the outbound buffer; none are taken at 0, until the test raises it.</summary>
    public int Room { get; set; } = int.MaxValue;

    public bool IsClosed { get; set; }

    public DeliverResult Deliver(Consumer consumer, in MessageView message, in Delivery delivery, bool redelivered)
    {
        if (IsClosed) return DeliverResult.Closed;
        if (Room == 0) return DeliverResult.Full;
        Room--;
        Keep(consumer, message, delivery, redelivered);
        return DeliverResult.Taken;
    }

    public DeliverResult DeliverGet(in MessageView message, in Delivery delivery, bool redelivered, bool autoAck, long remaining)
    {
        if (IsClosed) return DeliverResult.Closed;
        LastRemaining = remaining;
        Keep(null, message, delivery, redelivered);
        return DeliverResult.Taken;
    }

    public void FlushDeliveries() => Flushes++;

    public void WakeWaitingConsumers() => Wakes++;

    public void CancelledByServer(Consumer consumer) => Cancelled.Add(consumer);

    private void Keep(Consumer? consumer, in MessageView message, in Delivery delivery, bool redelivered)
    {
        var id = TestMessages.IdOf(message.Body);
        Assert.Equal(message.Body.Length, delivery.BodyBytes);
        OnDelivery?.Invoke(consumer, id, delivery, redelivered);
        Received.Add((consumer, id, delivery, redelivered));
    }
}
