using System.Text;
using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>The firehose and the event exchange, as the HTTP API switches and feeds them.</summary>
public sealed class WatchingTests : IAsyncLifetime
{
    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await ManagementBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Tracing_is_a_field_of_the_virtual_host_and_outlives_a_restart()
    {
        Assert.False(await IsTracingAsync());
        Assert.Equal(204, (await _broker.Http.PutAsync("vhosts/%2F", """{"tracing":true}""")).Status);
        Assert.True(await IsTracingAsync());
        // What else is noted of it changes nothing.
        await _broker.Http.PutAsync("vhosts/%2F", """{"description":"mine"}""");
        Assert.True(await IsTracingAsync());
        await _broker.RestartAsync();
        Assert.True(await IsTracingAsync());
        Assert.Equal("mine", (await _broker.Http.ReadAsync("vhosts/%2F"))["description"]!.GetValue<string>());
        await _broker.Http.PutAsync("vhosts/%2F", """{"tracing":false}""");
        await _broker.RestartAsync();
        Assert.False(await IsTracingAsync());
    }

    [Fact]
    public async Task Messages_over_http_are_traced()
    {
        await _broker.Http.PutAsync("vhosts/%2F", """{"tracing":true}""");
        var channel = await (await _broker.ConnectAsync()).CreateChannelAsync();
        await channel.QueueDeclareAsync("traces", durable: false, exclusive: true, autoDelete: false);
        await channel.QueueBindAsync("traces", "amq.rabbitmq.trace", "#");
        await channel.QueueDeclareAsync("q", durable: false, exclusive: false, autoDelete: false);
        await _broker.Http.PostAsync("exchanges/%2F/amq.default/publish",
            """{"properties":{},"routing_key":"q","payload":"hi","payload_encoding":"string"}""");
        var published = await NextAsync(channel, "traces");
        Assert.Equal(("publish.", "hi"), (published.RoutingKey, Encoding.UTF8.GetString(published.Body.Span)));
        Assert.Equal("guest", Header(published, "user"));
        await _broker.Http.PostAsync("queues/%2F/q/get", """{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}""");
        // Before it, what this test has got from the traces, which is no message that is traced.
        Assert.Equal("deliver.q", (await NextAsync(channel, "traces")).RoutingKey);
    }

    [Fact]
    public async Task Events_name_the_user_who_has_asked_for_it()
    {
        var channel = await (await _broker.ConnectAsync()).CreateChannelAsync();
        await channel.QueueDeclareAsync("events", durable: false, exclusive: true, autoDelete: false);
        string[] keys =
        [
            "vhost.*", "user.created", "user.deleted", "user.password.*", "user.tags.set", "permission.*", "topic.permission.*",
            "operator.policy.*", "policy.*", "vhost.limits.*", "user.limits.*", "parameter.*", "queue.*",
        ];
        foreach (var key in keys) await channel.QueueBindAsync("events", "amq.rabbitmq.event", key);
        (string Method, string Path, string? Body, string[] Told)[] requests =
        [
            ("PUT", "vhosts/v", """{"tags":"a,b"}""", ["vhost.created", "permission.created", "vhost.updated"]),
            ("PUT", "users/u", """{"password":"x","tags":"management"}""", ["user.created", "user.tags.set"]),
            ("PUT", "users/u", """{"password":"y","tags":"management"}""", ["user.password.changed"]),
            ("PUT", "users/u", """{"password":"y","tags":"monitoring"}""", ["user.password.changed", "user.tags.set"]),
            ("PUT", "permissions/v/u", """{"configure":"a","write":"b","read":"c"}""", ["permission.created"]),
            ("PUT", "topic-permissions/v/u", """{"exchange":"amq.topic","write":"b","read":"c"}""", ["topic.permission.created"]),
            ("DELETE", "topic-permissions/v/u", null, ["topic.permission.deleted"]),
            ("PUT", "policies/v/p", """{"pattern":"^q","definition":{"max-length":5}}""", ["policy.set"]),
            ("DELETE", "policies/v/p", null, ["policy.cleared"]),
            ("PUT", "operator-policies/v/p", """{"pattern":"^q","definition":{"max-length":5},"apply-to":"queues"}""", ["policy.set"]),
            ("DELETE", "operator-policies/v/p", null, ["operator.policy.cleared"]),
            ("PUT", "vhost-limits/v/max-queues", """{"value":10}""", ["vhost.limits.set"]),
            ("DELETE", "vhost-limits/v/max-queues", null, ["vhost.limits.cleared"]),
            ("PUT", "user-limits/u/max-channels", """{"value":10}""", ["user.limits.set"]),
            ("DELETE", "user-limits/u/max-channels", null, ["user.limits.cleared"]),
            ("PUT", "global-parameters/g", """{"value":{"a":[1,"b",true]}}""", ["parameter.set"]),
            ("DELETE", "global-parameters/g", null, ["parameter.cleared"]),
            ("PUT", "queues/v/q", "{}", ["queue.created"]),
            ("DELETE", "permissions/v/u", null, ["permission.deleted"]),
            ("DELETE", "users/u", null, ["user.deleted"]),
            ("PUT", "vhosts/v", """{"tracing":true}""", ["vhost.updated"]),
            ("DELETE", "vhosts/v", null, ["queue.deleted", "vhost.deleted"]),
        ];
        foreach (var (method, path, body, expected) in requests)
        {
            var answer = await _broker.Http.SendAsync(method, path, body);
            Assert.True(answer.Status is 200 or 201 or 204, $"{method} {path}: {answer}");
            foreach (var key in expected)
            {
                var told = await NextAsync(channel, "events");
                Assert.Equal((path, key), (path, told.RoutingKey));
                Assert.Equal("guest", Header(told, "user_who_performed_action"));
            }
        }
    }

    [Fact]
    public async Task Exclusive_queue_that_goes_with_its_connection_is_nobodys_doing()
    {
        var channel = await (await _broker.ConnectAsync()).CreateChannelAsync();
        await channel.QueueDeclareAsync("events", durable: false, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("events", "amq.rabbitmq.event", "queue.deleted");
        var other = await _broker.ConnectAsync();
        await (await other.CreateChannelAsync()).QueueDeclareAsync("mine", durable: false, exclusive: true, autoDelete: false);
        await other.CloseAsync();
        var told = await NextAsync(channel, "events");
        Assert.Equal(("mine", "rmq-internal"), (Header(told, "name"), Header(told, "user_who_performed_action")));
    }

    private static string Header(BasicGetResult message, string name) =>
        Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers![name]!);

    private static Task<BasicGetResult> NextAsync(IChannel channel, string queue) =>
        Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: true), "the next message");

    private async Task<bool> IsTracingAsync() => (await _broker.Http.ReadAsync("vhosts/%2F"))["tracing"]!.GetValue<bool>();
}
