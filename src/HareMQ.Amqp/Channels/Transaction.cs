using HareMQ.Amqp.Connections;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;

namespace HareMQ.Amqp.Channels;

/// <summary>What a channel in tx mode has published and settled since the last commit. Owned by the read loop.</summary>
internal sealed class Transaction(AmqpConnection connection) : IConfirmSink
{
    private readonly List<(byte[] Exchange, byte[] RoutingKey, byte[] Properties, byte[] Body)> _returns = [];
    private readonly List<(ulong Tag, Delivery Delivery, Settlement Settlement)> _settlements = [];
    private readonly TaskCompletionSource<bool> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PublishBatch? _batch;

    /// <summary>Where publishes gather until the commit.</summary>
    public PublishBatch Batch => _batch ??= PublishBatch.Rent(connection);

    public IReadOnlyList<(byte[] Exchange, byte[] RoutingKey, byte[] Properties, byte[] Body)> Returns => _returns;

    public IReadOnlyList<(ulong Tag, Delivery Delivery, Settlement Settlement)> Settlements => _settlements;

    /// <summary>Read by any thread, for whoever is curious.</summary>
    public int PublishCount => _batch?.MessageCount ?? 0;

    public int SettlementCount => _settlements.Count;

    public void Return(ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> body) =>
        _returns.Add((exchange.ToArray(), routingKey.ToArray(), properties.ToArray(), body.ToArray()));

    public void Settle(ulong tag, in Delivery delivery, Settlement settlement) => _settlements.Add((tag, delivery, settlement));

    /// <summary>Hands the publishes to their queues.</summary>
    /// <returns>True once all of them are stored (durable ones on stable storage); false when a queue refused some.</returns>
    public Task<bool> PublishAsync()
    {
        if (_batch is null) return Task.FromResult(true);
        _batch.AddConfirmOfAll(this);
        connection.Dispatch(_batch);
        _batch = null;
        return _stored.Task;
    }

    /// <summary>Forgets the publishes and takes the settlements back.</summary>
    public void Abandon(AmqpChannel channel)
    {
        _batch?.Abandon();
        _batch = null;
        if (_settlements.Count > 0) channel.Restore([.. _settlements.Select(settled => (settled.Tag, settled.Delivery))]);
        _settlements.Clear();
        _returns.Clear();
    }

    void IConfirmSink.Complete(ConfirmTicket ticket) => _stored.TrySetResult(!ticket.Refused);
}
