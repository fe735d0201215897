using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

internal sealed partial class AmqpChannel
{
    private ValueTask OnTxSelect()
    {
        if (_confirms is not null) throw AmqpErrors.PreconditionFailed("cannot switch from confirm to tx mode");
        _transaction ??= new Transaction(_connection);
        _writer.Write(_number, new TxSelectOk());
        return default;
    }

    private async ValueTask CommitAsync()
    {
        var transaction = _transaction ?? throw AmqpErrors.PreconditionFailed("channel is not transactional");
        var stored = await transaction.PublishAsync();
        foreach (var (exchange, routingKey, properties, body) in transaction.Returns) WriteReturn(exchange, routingKey, properties, body);
        foreach (var (_, delivery, settlement) in transaction.Settlements) _connection.Settles.Add(delivery, settlement);
        _transaction = new Transaction(_connection);
        if (!stored) throw AmqpErrors.PreconditionFailed("partial tx completion");
        _writer.Write(_number, new TxCommitOk());
    }

    private ValueTask OnTxRollback()
    {
        var transaction = _transaction ?? throw AmqpErrors.PreconditionFailed("channel is not transactional");
        transaction.Abandon(this);
        _transaction = new Transaction(_connection);
        _writer.Write(_number, new TxRollbackOk());
        return default;
    }

    /// <summary>Deliveries whose settlement was rolled back are out again, as if nothing had been said about them.</summary>
    public void Restore(IReadOnlyList<(ulong Tag, Broker.Queues.Delivery Delivery)> deliveries)
    {
        lock (_writer.Gate) _unsettled.Restore(deliveries);
    }
}
