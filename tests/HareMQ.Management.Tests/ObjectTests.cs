using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>What objects show is what has happened.</summary>
public sealed class ObjectTests : IAsyncLifetime
{
    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        await using var connection = await _broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("amq.fanout", "nowhere", "x"u8.ToArray());
        await channel.BasicPublishAsync("", "q", "x"u8.ToArray());
        await Eventually.Equal(1, async () => (await _broker.Http.ReadAsync("queues/%2F/q"))["messages"]!.GetValue<int>());
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Message_counters_tell_what_has_happened()
    {
        var queue = (await _broker.Http.ReadAsync("queues/%2F/q"))["message_stats"]!;
        var exchange = (await _broker.Http.ReadAsync("exchanges/%2F/amq.fanout"))["message_stats"]!;
        var overview = (await _broker.Http.ReadAsync("overview"))["message_stats"]!;
        Assert.Equal(1, queue["publish"]!.GetValue<int>());
        Assert.Equal(1, exchange["publish_in"]!.GetValue<int>());
        Assert.Null(exchange["publish_out"]);
        Assert.Equal((2, 1), (overview["publish"]!.GetValue<int>(), overview["drop_unroutable"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Connection_channel_and_consumer_are_shown_while_they_are_there()
    {
        var connection = await _broker.ConnectAsync("my connection");
        var channel = await connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 7, global: false);
        await channel.BasicConsumeAsync("q", autoAck: false, "tag", new AsyncConsumer(channel));
        var shown = Assert.Single((await _broker.Http.ReadAsync("connections")).AsArray(), one =>
            one!["user_provided_name"]?.ToString() == "my connection")!;
        var name = shown["name"]!.ToString();
        Assert.Equal($"{shown["peer_host"]}:{shown["peer_port"]} -> {shown["host"]}:{shown["port"]}", name);

        var channels = (await _broker.Http.ReadAsync($"connections/{Uri.EscapeDataString(name)}/channels")).AsArray();
        var single = await _broker.Http.ReadAsync($"channels/{Uri.EscapeDataString($"{name} (1)")}");
        Assert.Equal(single["name"]!.ToString(), Assert.Single(channels)!["name"]!.ToString());
        Assert.Single(single["consumer_details"]!.AsArray());
        await Eventually.Equal(1, async () =>
            (await _broker.Http.ReadAsync($"channels/{Uri.EscapeDataString($"{name} (1)")}"))["messages_unacknowledged"]!.GetValue<int>());

        var consumer = Assert.Single((await _broker.Http.ReadAsync("consumers/%2F")).AsArray())!;
        Assert.Equal(("tag", 7), (consumer["consumer_tag"]!.ToString(), consumer["prefetch_count"]!.GetValue<int>()));
        Assert.Single((await _broker.Http.ReadAsync("queues/%2F/q"))["consumer_details"]!.AsArray());
    }

    [Fact]
    public async Task Traffic_of_a_virtual_host_outlives_its_connections()
    {
        await using (var connection = await _broker.ConnectAsync())
        {
            await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
            await channel.BasicPublishAsync("", "q", new byte[100_000]);
        }

        await Eventually.Equal(0, async () => (await _broker.Http.ReadAsync("connections")).AsArray().Count);
        var virtualHost = await _broker.Http.ReadAsync("vhosts/%2F");
        Assert.InRange(virtualHost["recv_oct"]!.GetValue<long>(), 100_000, 110_000);
        Assert.InRange(virtualHost["send_oct"]!.GetValue<long>(), 500, 10_000);
    }

    [Fact]
    public async Task Exclusive_queue_names_the_connection_it_belongs_to()
    {
        var connection = await _broker.ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("mine", exclusive: true, autoDelete: false);
        var queue = await _broker.Http.ReadAsync("queues/%2F/mine");
        Assert.True(queue["exclusive"]!.GetValue<bool>());
        var owner = queue["owner_pid_details"]!["name"]!.ToString();
        Assert.Equal(200, (await _broker.Http.GetAsync($"connections/{Uri.EscapeDataString(owner)}")).Status);
        Assert.Equal(400, (await _broker.Http.DeleteAsync("queues/%2F/mine")).Status);
    }

    /// <summary>Keeps what it gets.</summary>
    private sealed class AsyncConsumer(IChannel channel) : AsyncDefaultBasicConsumer(channel);
}
