using HareMQ.Conformance.Harness;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.Watching;

/// <summary>The exchange amq.rabbitmq.event, in the default virtual host: what happens, by RabbitMQ's names.</summary>
public abstract class Events(BrokerFixture broker) : ConformanceTest(broker)
{
    private readonly string _name = $"watched-{Guid.NewGuid():N}";
    private Func<Task> _cleanUp = () => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _cleanUp();
    }

    [Fact]
    public async Task Exchange_is_an_internal_topic()
    {
        var channel = await OpenChannelAsync();
        await channel.ExchangeDeclareAsync("amq.rabbitmq.event", "topic", durable: true, autoDelete: false, passive: true);
        await ExpectChannelErrorAsync(channel, 403,
            "ACCESS_REFUSED - cannot publish to internal exchange 'amq.rabbitmq.event' in vhost '/'",
            () => channel.PublishTextAsync("amq.rabbitmq.event", "queue.created", "forged"));
    }

    [Fact]
    public async Task Topology_tells_of_itself()
    {
        var (queue, exchange) = (NewQueueName(), NewExchangeName());
        var channel = await OpenChannelAsync();
        var events = await EventListener.StartAsync(
            await OpenChannelAsync(), happened => Names(happened).Any(name => name == queue || name == exchange),
            "queue.*", "exchange.*", "binding.*", "consumer.*");

        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 10 });
        var created = await events.ExpectAsync("queue.created",
            "name", "vhost", "durable", "auto_delete", "arguments", "exclusive", "owner_pid", "user_who_performed_action");
        Assert.Equal(
            (queue, "/", true, false, false, "", "guest"),
            (created["name"], created["vhost"], created["durable"], created["auto_delete"], created["exclusive"], created["owner_pid"],
                created["user_who_performed_action"]));
        Assert.Equal(["{<<\"x-max-length\">>,signedint,10}"], created.Texts("arguments"));
        Assert.Equal(DeliveryModes.Persistent, created.Properties.DeliveryMode);
        Assert.Empty(created.Body);
        var milliseconds = (long)created["timestamp_in_ms"]!;
        Assert.Equal(milliseconds / 1000, created.Properties.Timestamp.UnixTime);
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - milliseconds, -60_000, 60_000);

        await channel.ExchangeDeclareAsync(exchange, "topic", durable: true);
        var declared = await events.ExpectAsync("exchange.created",
            "name", "vhost", "type", "durable", "auto_delete", "internal", "arguments", "policy", "user_who_performed_action");
        Assert.Equal(
            ("topic", true, false, false), (declared["type"], declared["durable"], declared["auto_delete"], declared["internal"]));

        await channel.QueueBindAsync(queue, exchange, "a.#");
        string[] ofBindings =
        [
            "source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments", "vhost",
            "user_who_performed_action",
        ];
        var bound = await events.ExpectAsync("binding.created", ofBindings);
        Assert.Equal(
            (exchange, "exchange", queue, "queue", "a.#"),
            (bound["source_name"], bound["source_kind"], bound["destination_name"], bound["destination_kind"], bound["routing_key"]));

        var consumer = await TestConsumer.StartAsync(channel, queue, consumerTag: "tag");
        var consumed = await events.ExpectAsync("consumer.created",
            "consumer_tag", "queue", "vhost", "channel", "exclusive", "ack_required", "prefetch_count", "arguments",
            "user_who_performed_action");
        Assert.Equal(
            ("tag", queue, false, true), (consumed["consumer_tag"], consumed["queue"], consumed["exclusive"], consumed["ack_required"]));
        await channel.BasicCancelAsync(consumer.ConsumerTag);
        var cancelled = await events.ExpectAsync("consumer.deleted",
            "consumer_tag", "queue", "vhost", "channel", "user_who_performed_action");
        Assert.Equal(consumed["channel"], cancelled["channel"]);

        await channel.QueueUnbindAsync(queue, exchange, "a.#");
        await events.ExpectAsync("binding.deleted", ofBindings);
        await channel.ExchangeDeleteAsync(exchange);
        await events.ExpectAsync("exchange.deleted", "name", "vhost", "user_who_performed_action");
        await channel.QueueDeleteAsync(queue);
        await events.ExpectAsync("queue.deleted", "name", "vhost", "user_who_performed_action");
    }

    [Fact]
    public async Task Connection_tells_of_its_life()
    {
        var events = await EventListener.StartAsync(
            await OpenChannelAsync(), _ => true, "connection.*", "channel.*", "user.authentication.success");
        var connection = await ConnectNamedAsync();
        var opened = await FindAsync(
            events, happened => happened.Key == "connection.created" && Equals(happened["user_provided_name"], _name));
        Assert.Equal(
            ("network", "guest", "/", "PLAIN", "{0,9,1}", false),
            (opened["type"], opened["user"], opened["vhost"], opened["auth_mechanism"], opened["protocol"], opened["ssl"]));
        Assert.Equal(
            [
                "auth_mechanism", "channel_max", "client_properties", "connected_at", "frame_max", "host", "name", "node",
                "peer_cert_issuer", "peer_cert_subject", "peer_cert_validity", "peer_host", "peer_port", "pid", "port", "protocol", "ssl",
                "ssl_cipher", "ssl_hash", "ssl_key_exchange", "ssl_protocol", "timeout", "timestamp_in_ms", "type", "user",
                "user_provided_name", "user_who_performed_action", "vhost",
            ],
            opened.Headers.Order(StringComparer.Ordinal));
        Assert.Equal("{127,0,0,1}", opened["peer_host"]);
        Assert.Equal((long)Broker.Uri.Port, opened["port"]);

        var channel = await connection.CreateChannelAsync();
        var first = await FindAsync(events, happened => happened.Key == "channel.created" && Equals(happened["connection"], opened["pid"]));
        Assert.Equal(($"{opened["name"]} (1)", 1L, "guest", "/"), (first["name"], first["number"], first["user"], first["vhost"]));
        await channel.CloseAsync();
        await FindAsync(events, happened => happened.Key == "channel.closed" && Equals(happened["pid"], first["pid"]));
        await connection.CloseAsync();
        var closed = await FindAsync(events, happened => happened.Key == "connection.closed" && Equals(happened["pid"], opened["pid"]));
        Assert.Equal(
            ["client_properties", "name", "node", "pid", "timestamp_in_ms", "user_provided_name"],
            closed.Headers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Logins_are_told_those_that_fail_too()
    {
        var events = await EventListener.StartAsync(
            await OpenChannelAsync(), happened => Equals(happened["name"], _name), "user.authentication.*");
        var factory = new ConnectionFactory { Uri = Broker.Uri, UserName = _name, Password = "wrong" };
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => factory.CreateConnectionAsync());
        var refused = await events.ExpectAsync("user.authentication.failure",
            "connection_type", "name", "host", "connection_name", "peer_host", "peer_port", "protocol", "auth_mechanism", "ssl", "error");
        Assert.Equal(("network", "PLAIN", false), (refused["connection_type"], refused["auth_mechanism"], refused["ssl"]));

        await Administration.AddUserAsync(_name);
        _cleanUp = () => Administration.DeleteUserAsync(_name);
        factory.Password = _name;
        await using var connection = await factory.CreateConnectionAsync();
        await events.ExpectAsync("user.authentication.success",
            "connection_type", "name", "host", "connection_name", "peer_host", "peer_port", "protocol", "auth_mechanism", "ssl");
    }

    [Fact]
    public async Task Administration_is_told()
    {
        var events = await EventListener.StartAsync(
            await OpenChannelAsync(), happened => Names(happened).Contains(_name),
            "vhost.created", "vhost.deleted", "user.created", "user.deleted", "permission.*");
        await Administration.AddVhostAsync(_name);
        var deleted = false;
        _cleanUp = () => deleted ? Task.CompletedTask : Administration.DeleteVhostAsync(_name);
        var created = await events.NextAsync();
        Assert.Equal(("vhost.created", false), (created.Key, created["tracing"]));
        var granted = await events.ExpectAsync("permission.created",
            "user", "vhost", "configure", "write", "read", "user_who_performed_action");
        Assert.Equal(("guest", ".*"), (granted["user"], granted["configure"]));

        await Administration.AddUserAsync(_name);
        await events.ExpectAsync("user.created", "name", "user_who_performed_action");
        await events.ExpectAsync("permission.created", "user", "vhost", "configure", "write", "read", "user_who_performed_action");
        await Administration.DeleteUserAsync(_name);
        await events.ExpectAsync("user.deleted", "name", "user_who_performed_action");

        await Administration.DeleteVhostAsync(_name);
        deleted = true;
        // With the permissions in it, of which RabbitMQ tells too.
        await FindAsync(events, happened => happened.Key == "vhost.deleted");
    }

    [Fact]
    public async Task Policies_are_told_and_what_they_change()
    {
        var queue = NewQueueName();
        var channel = await OpenChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        var events = await EventListener.StartAsync(
            await OpenChannelAsync(), happened => Equals(happened["name"], queue), "policy.*", "queue.policy.*");
        var policy = new BrokerPolicy(queue, $"^{queue}$", """{"max-length":5}""") { ApplyTo = "queues", Priority = 3 };
        await Administration.SetPolicyAsync(policy);
        string[] ofPolicies = ["name", "vhost", "pattern", "definition", "priority", "apply-to", "user_who_performed_action"];
        var updated = await events.ExpectAsync("queue.policy.updated", [.. ofPolicies, "type"]);
        Assert.Equal("rabbit_classic_queue", updated["type"]);
        var set = await events.ExpectAsync("policy.set", ofPolicies);
        Assert.Equal(($"^{queue}$", 3L, "queues"), (set["pattern"], set["priority"], set["apply-to"]));
        Assert.Equal(5L, ((Dictionary<string, object?>)set["definition"]!)["max-length"]);
        await Administration.ClearPolicyAsync(queue);
        await events.ExpectAsync("queue.policy.cleared", "name", "vhost", "type", "user_who_performed_action");
        await events.ExpectAsync("policy.cleared", "name", "vhost", "user_who_performed_action");
    }

    private static IEnumerable<string> Names(Event happened) =>
        new[] { "name", "vhost", "user", "queue", "source_name" }.Select(header => happened[header] as string).OfType<string>();

    private static async Task<Event> FindAsync(EventListener events, Func<Event, bool> isIt)
    {
        while (true)
        {
            var happened = await events.NextAsync();
            if (isIt(happened)) return happened;
        }
    }

    private Task<IConnection> ConnectNamedAsync() =>
        new ConnectionFactory { Uri = Broker.Uri, ClientProvidedName = _name }.CreateConnectionAsync();
}

public sealed class EventsOnRabbitMq(RabbitMqFixture broker) : Events(broker);

public sealed class EventsOnHareMq(HareMqFixture broker) : Events(broker);
