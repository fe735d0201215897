using HareMQ.Broker.DeadLetters;

namespace HareMQ.Broker.Queues;

internal sealed partial class MessageQueue
{
    private void Settle(SettleBatch batch)
    {
        if (_state == QueueState.Running)
        {
            foreach (ref readonly var delivery in batch.Items) Settle(delivery, batch.Settlement);
        }

        ReturnSharedCredit(batch.Items);
        batch.Return();
    }

    private void Settle(in Delivery delivery, Settlement settlement)
    {
        if (delivery.Consumer is { } consumer) consumer.Unsettled--;
        _unsettledCount--;
        _unsettledBodyBytes -= delivery.BodyBytes;
        var lane = LaneOf(delivery);
        switch (settlement)
        {
            // Each delivery but the first is a return that was counted; this one is one more.
            case Settlement.Requeue when delivery.DeliveryCount > _settings.DeliveryLimit:
                Die(lane, delivery.Position, delivery.RecordBytes, DeathReason.DeliveryLimit);
                break;
            case Settlement.Requeue:
                lane.Requeued.Add(new RequeuedMessage(delivery.Position, delivery.RecordBytes, delivery.BodyBytes, delivery.DeliveryCount));
                break;
            case Settlement.Discard:
                Die(lane, delivery.Position, delivery.RecordBytes, DeathReason.Rejected);
                break;
            default:
                Messages.Ack++;
                Done(lane, delivery.Position, delivery.RecordBytes);
                break;
        }
    }

    /// <summary>A batch comes from one connection, but may come from several of its channels.</summary>
    private static void ReturnSharedCredit(ReadOnlySpan<Delivery> deliveries)
    {
        IDeliveryChannel? channel = null;
        var count = 0;
        foreach (ref readonly var delivery in deliveries)
        {
            if (!delivery.HoldsSharedCredit) continue;
            var next = delivery.Consumer!.Channel;
            if (!ReferenceEquals(next, channel))
            {
                ReturnSharedCredit(channel, count);
                (channel, count) = (next, 0);
            }

            count++;
        }

        ReturnSharedCredit(channel, count);
    }

    private static void ReturnSharedCredit(IDeliveryChannel? channel, int count)
    {
        if (channel?.SharedCredit?.Return(count) == true) channel.WakeWaitingConsumers();
    }
}
