using System.Text.Json;
using System.Text.Json.Nodes;
using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>Each object has the fields that tools read, with the types they expect.</summary>
public sealed class ObjectFieldsTests : IAsyncLifetime
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

    [Theory]
    [InlineData("overview", "s:management_version s:rabbitmq_version s:product_name s:cluster_name s:node s:rates_mode a:exchange_types "
        + "o:message_stats o:churn_rates o:queue_totals o:object_totals a:listeners a:contexts "
        + "n:statistics_db_event_queue b:disable_stats")]
    [InlineData("nodes/hare@test", "s:name s:type b:running s:os_pid n:uptime n:processors n:mem_used n:mem_limit b:mem_alarm n:disk_free "
        + "n:disk_free_limit b:disk_free_alarm n:fd_used n:fd_total n:sockets_used n:proc_used a:applications "
        + "a:auth_mechanisms a:partitions")]
    [InlineData("vhosts/%2F", "s:name s:description a:tags s:default_queue_type o:metadata b:tracing o:cluster_state n:messages "
        + "o:messages_details o:message_stats")]
    [InlineData("queues/%2F/q", "s:name s:vhost s:type b:durable b:auto_delete b:exclusive o:arguments s:node s:state n:messages "
        + "n:messages_ready n:messages_unacknowledged o:messages_details n:message_bytes n:messages_persistent n:consumers "
        + "n:consumer_capacity n:memory z:policy z:operator_policy o:effective_policy_definition o:message_stats a:consumer_details "
        + "a:incoming a:deliveries z:exclusive_consumer_tag z:single_active_consumer_tag z:head_message_timestamp")]
    [InlineData("exchanges/%2F/amq.fanout", "s:name s:vhost s:type b:durable b:auto_delete b:internal o:arguments "
        + "o:message_stats a:incoming a:outgoing")]
    [InlineData("users/guest", "s:name s:password_hash s:hashing_algorithm a:tags o:limits")]
    [InlineData("permissions/%2F/guest", "s:user s:vhost s:configure s:write s:read")]
    [InlineData("whoami", "s:name a:tags b:is_internal_user")]
    [InlineData("nodes/hare@test/memory", "o:memory")]
    [InlineData("definitions", "s:rabbit_version s:rabbitmq_version a:users a:vhosts a:permissions a:topic_permissions a:parameters "
        + "a:global_parameters a:policies a:queues a:exchanges a:bindings")]
    [InlineData("bindings/%2F/e/amq.default/q/q/q", "s:source s:vhost s:destination s:destination_type s:routing_key "
        + "o:arguments s:properties_key")]
    public async Task Object_has_the_fields_that_tools_read(string path, string fields) =>
        Check((await _broker.Http.ReadAsync(path)).AsObject(), fields);

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
        Check(shown.AsObject(), "s:name s:node s:vhost s:user s:protocol s:state s:type n:channels n:channel_max n:frame_max n:timeout "
            + "n:connected_at s:host n:port s:peer_host n:peer_port s:auth_mechanism b:ssl o:client_properties "
            + "n:recv_oct n:recv_cnt n:send_oct "
            + "n:send_cnt n:send_pend o:recv_oct_details");
        Assert.Equal($"{shown["peer_host"]}:{shown["peer_port"]} -> {shown["host"]}:{shown["port"]}", name);

        var channels = (await _broker.Http.ReadAsync($"connections/{Uri.EscapeDataString(name)}/channels")).AsArray();
        var single = await _broker.Http.ReadAsync($"channels/{Uri.EscapeDataString($"{name} (1)")}");
        Assert.Equal(single["name"]!.ToString(), Assert.Single(channels)!["name"]!.ToString());
        Check(single.AsObject(), "s:name n:number s:vhost s:user s:state b:confirm b:transactional n:consumer_count "
            + "n:messages_unacknowledged "
            + "n:messages_unconfirmed n:messages_uncommitted n:acks_uncommitted n:prefetch_count n:global_prefetch_count "
            + "o:connection_details "
            + "a:consumer_details");
        await Eventually.Equal(1, async () =>
            (await _broker.Http.ReadAsync($"channels/{Uri.EscapeDataString($"{name} (1)")}"))["messages_unacknowledged"]!.GetValue<int>());

        var consumer = Assert.Single((await _broker.Http.ReadAsync("consumers/%2F")).AsArray())!;
        Check(consumer.AsObject(), "o:queue s:consumer_tag b:ack_required b:exclusive b:active s:activity_status "
            + "n:prefetch_count o:arguments o:channel_details");
        Assert.Equal(("tag", 7), (consumer["consumer_tag"]!.ToString(), consumer["prefetch_count"]!.GetValue<int>()));
        Assert.Single((await _broker.Http.ReadAsync("queues/%2F/q"))["consumer_details"]!.AsArray());
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

    /// <summary>A letter for the type before each name: string, number, boolean, object, array; z for null.</summary>
    private static void Check(JsonObject json, string fields)
    {
        foreach (var field in fields.Split(' '))
        {
            var (type, name) = (field[0], field[2..]);
            Assert.True(json.ContainsKey(name), $"{name} is missing in {json}");
            var kind = ApiAnswer.KindOf(json[name]);
            var isAsExpected = type switch
            {
                's' => kind == JsonValueKind.String,
                'n' => kind == JsonValueKind.Number,
                'b' => kind is JsonValueKind.True or JsonValueKind.False,
                'o' => kind == JsonValueKind.Object,
                'a' => kind == JsonValueKind.Array,
                _ => kind == JsonValueKind.Null,
            };
            Assert.True(isAsExpected, $"{name} is {kind}, not {type}");
        }
    }

    /// <summary>Keeps what it gets.</summary>
    private sealed class AsyncConsumer(IChannel channel) : AsyncDefaultBasicConsumer(channel);
}
