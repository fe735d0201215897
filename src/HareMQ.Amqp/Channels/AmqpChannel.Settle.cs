using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

internal sealed partial class AmqpChannel
{
    private ValueTask OnAck(BasicAck ack)
    {
        Settle(ack.DeliveryTag, ack.Multiple, Settlement.Acknowledge);
        return default;
    }

    private ValueTask OnNack(BasicNack nack)
    {
        Settle(nack.DeliveryTag, nack.Multiple, nack.Requeue ? Settlement.Requeue : Settlement.Discard);
        return default;
    }

    private ValueTask OnReject(BasicReject reject)
    {
        Settle(reject.DeliveryTag, multiple: false, reject.Requeue ? Settlement.Requeue : Settlement.Discard);
        return default;
    }

    private ValueTask OnRecover(bool requeue, bool answer)
    {
        if (!requeue) throw AmqpErrors.NotImplemented("requeue=false");
        // The answer goes first: redeliveries belong after it.
        if (answer) _writer.Write(_number, new BasicRecoverOk());
        RequeueAll();
        return default;
    }

    private void Settle(ulong tag, bool multiple, Settlement settlement)
    {
        lock (_writer.Gate)
        {
            if (!multiple)
            {
                if (!_unsettled.TryRemove(tag, out var delivery)) throw AmqpErrors.UnknownDeliveryTag(tag);
                SettleOne(tag, delivery, settlement);
                return;
            }

            // Tag 0 means everything; any other tag must be out itself.
            if (tag == 0) tag = ulong.MaxValue;
            else if (!_unsettled.Contains(tag)) throw AmqpErrors.UnknownDeliveryTag(tag);
            while (_unsettled.TryRemoveFirst(tag, out var first, out var delivery)) SettleOne(first, delivery, settlement);
        }
    }

    /// <summary>Only collects: the queues hear of it after the gate is free, at the end of the read.</summary>
    private void SettleOne(ulong tag, in Delivery delivery, Settlement settlement)
    {
        if (settlement == Settlement.Acknowledge) Messages.Ack++;
        if (_transaction is not null)
        {
            _transaction.Settle(tag, delivery, settlement);
            return;
        }

        _connection.Settles.Add(delivery, settlement);
        // Or a message that is published again once it is done would be taken for a duplicate.
        if (delivery.Queue.ForgetsKeys) _connection.SettleFirst();
    }

    private void RequeueAll()
    {
        lock (_writer.Gate)
        {
            while (_unsettled.TryRemoveFirst(ulong.MaxValue, out _, out var delivery)) _connection.Settles.Add(delivery, Settlement.Requeue);
        }
    }
}
