using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues.Features;

/// <summary>Who may get a message.</summary>
internal sealed partial class FeatureModel
{
    private bool IsTakerThere() => _consumers.Exists(MayTake);

    private bool MayTake(Consumer consumer)
    {
        if (shape.SingleActive && !ReferenceEquals(_consumers[0], consumer)) return false;
        return consumer.AutoAck || consumer.Prefetch == 0
            || _messages.Count(message => ReferenceEquals(message.Holder, consumer)) < consumer.Prefetch;
    }

    private void Deliver(ModelMessage message)
    {
        var delivered = Take(message);
        var consumer = delivered.Consumer;
        Assert.NotNull(consumer);
        Assert.Contains(consumer, _consumers);
        Assert.True(MayTake(consumer), $"{message} was delivered to a consumer that may have no more");
        Assert.DoesNotContain(_consumers, other => other.Priority > consumer.Priority && MayTake(other));
        HandOut(message, consumer, consumer.AutoAck);
    }

    /// <summary>The next delivery must be this message.</summary>
    private Delivered Take(ModelMessage message)
    {
        Assert.True(_delivered.TryDequeue(out var delivered), $"{message} was not delivered");
        Assert.Equal(message.Id, delivered.Id);
        Assert.Equal(message.BodyBytes, delivered.Delivery.BodyBytes);
        Assert.Equal(message.Deliveries + 1, delivered.Delivery.DeliveryCount);
        Assert.Equal(message.Deliveries > 0 && Rules.DeliveryLimit is not null ? message.Deliveries : null, delivered.CountHeader);
        if (message.WasDelivered) Assert.True(delivered.Redelivered, $"{message} was delivered before");
        // What a former life has left may have been delivered, as far as anybody knows.
        else if (!message.IsRecovered) Assert.False(delivered.Redelivered, $"{message} was never delivered");
        message.Delivery = delivered.Delivery;
        return delivered;
    }

    private void HandOut(ModelMessage message, Consumer? consumer, bool autoAck)
    {
        message.HandOut(consumer);
        if (autoAck) _messages.Remove(message);
    }
}
