namespace HareMQ.Conformance.MessageLife;

/// <summary>
/// What survives an orderly restart. Each test has a HareMQ of its own, because it stops it; RabbitMQ is not ours to stop.
/// </summary>
public sealed class DurabilityOfHareMq : IAsyncLifetime
{
    private EmbeddedBroker? _broker;
    private IConnection? _connection;

    public async ValueTask InitializeAsync() => _broker = await EmbeddedBroker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Persistent_messages_in_a_durable_queue_survive_in_order()
    {
        var channel = await ConnectAsync();
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false);
        for (byte n = 0; n < 100; n++) await PublishAsync(channel, "durable", n, persistent: true);
        channel = await RestartAsync();
        for (byte n = 0; n < 100; n++)
            Assert.Equal(n, (await channel.BasicGetAsync("durable", autoAck: true))!.Body.Span[0]);
        Assert.Null(await channel.BasicGetAsync("durable", autoAck: true));
    }

    [Fact]
    public async Task Acknowledged_messages_stay_away_and_unacknowledged_ones_come_back_redelivered()
    {
        var channel = await ConnectAsync();
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false);
        for (byte n = 0; n < 10; n++) await PublishAsync(channel, "durable", n, persistent: true);
        for (var n = 0; n < 6; n++) await channel.BasicGetAsync("durable", autoAck: false);
        await channel.BasicAckAsync(3, multiple: true);
        await channel.BasicAckAsync(5, multiple: false);
        // A round trip on the same channel, so that the acks have been read before the broker stops.
        await channel.QueueDeclarePassiveAsync("durable");
        channel = await RestartAsync();
        foreach (byte n in new byte[] { 3, 5, 6, 7, 8, 9 })
        {
            var message = await channel.BasicGetAsync("durable", autoAck: true);
            Assert.Equal(n, message!.Body.Span[0]);
            if (n < 6) Assert.True(message.Redelivered);
        }
    }

    [Fact]
    public async Task Transient_messages_are_dropped()
    {
        var channel = await ConnectAsync();
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false);
        for (byte n = 0; n < 10; n++) await PublishAsync(channel, "durable", n, persistent: n % 2 == 0);
        channel = await RestartAsync();
        foreach (byte n in new byte[] { 0, 2, 4, 6, 8 })
            Assert.Equal(n, (await channel.BasicGetAsync("durable", autoAck: true))!.Body.Span[0]);
        Assert.Equal(0u, await channel.MessageCountAsync("durable"));
    }

    [Fact]
    public async Task Transient_queue_and_exchange_are_gone()
    {
        var channel = await ConnectAsync();
        await channel.QueueDeclareAsync("transient", durable: false, exclusive: false, autoDelete: false);
        await channel.ExchangeDeclareAsync("transient", "fanout", durable: false);
        channel = await RestartAsync();
        await channel.QueueDeclareAsync("transient", durable: true, exclusive: false, autoDelete: false);
        await channel.ExchangeDeclareAsync("transient", "topic", durable: true);
    }

    [Fact]
    public async Task Durable_exchange_queue_and_bindings_survive_with_their_arguments()
    {
        var channel = await ConnectAsync();
        var limit = new Dictionary<string, object?> { ["x-max-length"] = 7 };
        await channel.ExchangeDeclareAsync("outer", "topic", durable: true);
        await channel.ExchangeDeclareAsync("inner", "fanout", durable: true);
        await channel.ExchangeBindAsync("inner", "outer", "orders.#");
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false, limit);
        await channel.QueueBindAsync("durable", "inner", "");
        channel = await RestartAsync();
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false, limit);
        await channel.ExchangeDeclareAsync("outer", "topic", durable: true);
        await channel.BasicPublishAsync("outer", "orders.new", new byte[] { 1 });
        Assert.Equal("outer", (await channel.BasicGetAsync("durable", autoAck: true))!.Exchange);
    }

    [Fact]
    public async Task Deleted_queue_stays_deleted()
    {
        var channel = await ConnectAsync();
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false);
        await PublishAsync(channel, "durable", 1, persistent: true);
        await channel.QueueDeleteAsync("durable");
        channel = await RestartAsync();
        Assert.Equal(0u, (await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false)).MessageCount);
    }

    private async Task<IChannel> RestartAsync()
    {
        await _connection!.DisposeAsync();
        await _broker!.RestartAsync();
        return await ConnectAsync();
    }

    private async Task<IChannel> ConnectAsync()
    {
        _connection = await new ConnectionFactory { Uri = _broker!.Uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        return await _connection.CreateChannelAsync(new CreateChannelOptions(true, true));
    }

    private static async Task PublishAsync(IChannel channel, string queue, byte number, bool persistent) =>
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Persistent = persistent }, new[] { number });
}
