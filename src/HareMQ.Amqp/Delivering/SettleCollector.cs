using HareMQ.Broker.Queues;

namespace HareMQ.Amqp.Delivering;

/// <summary>Gathers what one socket read settles, so that a queue gets one post for many acks. Owned by the read loop.</summary>
/// <remarks>Order across kinds of settlement is kept per queue: a new kind for a queue sends off what was gathered for it before.</remarks>
internal sealed class SettleCollector
{
    private readonly List<(MessageQueue Queue, SettleBatch Batch)> _open = [];

    public void Add(in Delivery delivery, Settlement settlement)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var (queue, batch) = _open[i];
            if (!ReferenceEquals(queue, delivery.Queue)) continue;
            if (batch.Settlement == settlement)
            {
                batch.Add(delivery);
                return;
            }

            _open.RemoveAt(i);
            queue.Settle(batch, runInline: false);
        }

        var opened = SettleBatch.Rent(settlement);
        opened.Add(delivery);
        _open.Add((delivery.Queue, opened));
    }

    public void Flush(bool runInline)
    {
        if (_open.Count == 0) return;
        foreach (var (queue, batch) in _open) queue.Settle(batch, runInline);
        _open.Clear();
    }
}
