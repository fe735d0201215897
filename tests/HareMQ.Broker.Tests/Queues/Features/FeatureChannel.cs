using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Queues.Features;

/// <summary>Takes whatever it is given, and reads from it what the model compares.</summary>
internal sealed class FeatureChannel : IDeliveryChannel
{
    private readonly List<Delivered> _delivered = [];
    private readonly List<Buried> _buried = [];

    public SharedCredit? SharedCredit => null;

    public Delivered[] TakeDelivered()
    {
        Delivered[] delivered = [.. _delivered];
        _delivered.Clear();
        return delivered;
    }

    /// <summary>The same messages as dead letters, when they have been delivered from a grave.</summary>
    public Buried[] TakeBuried()
    {
        Buried[] buried = [.. _buried];
        _buried.Clear();
        return buried;
    }

    public DeliverResult Deliver(Consumer consumer, in MessageView message, in Delivery delivery, bool redelivered)
    {
        Keep(consumer, message, delivery, redelivered);
        return DeliverResult.Taken;
    }

    public DeliverResult DeliverGet(in MessageView message, in Delivery delivery, bool redelivered, bool autoAck, long remaining)
    {
        Keep(null, message, delivery, redelivered);
        return DeliverResult.Taken;
    }

    public void FlushDeliveries()
    {
    }

    public void WakeWaitingConsumers()
    {
    }

    public void CancelledByServer(Consumer consumer)
    {
    }

    private void Keep(Consumer? consumer, in MessageView message, in Delivery delivery, bool redelivered)
    {
        var id = TestMessages.IdOf(message.Body);
        var properties = BasicProperties.Read(message.Properties);
        var headers = properties.HasHeaders ? FieldTable.FromEncoded(properties.Headers) : FieldTable.Empty;
        long? count = headers.TryGet("x-delivery-count", out var value) && value.TryGetInteger(out var number) ? number : null;
        _delivered.Add(new Delivered(consumer, id, delivery, redelivered, count));
        if (!headers.TryGet("x-death", out var deaths)) return;
        Assert.False(properties.Has(BasicPropertyFlags.Expiration));
        _buried.Add(new Buried(id, [.. deaths.AsArray().Select(death => Read(death.AsTable()))], Text(headers, "x-first-death-reason")));
        Assert.Equal(_buried[^1].Deaths[0].Reason, Text(headers, "x-last-death-reason"));
    }

    private static (string Reason, long Count) Read(FieldTable death)
    {
        Assert.Equal("q", Text(death, "queue"));
        Assert.True(death.TryGet("count", out var value) && value.TryGetInteger(out _));
        value.TryGetInteger(out var count);
        return (Text(death, "reason"), count);
    }

    private static string Text(FieldTable table, string name)
    {
        Assert.True(table.TryGet(name, out var value), $"no {name}");
        return value.ToString();
    }
}
