using System.Text.Json.Nodes;
using HareMQ.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Cli.Tests;

public sealed class ObjectCommandTests : IAsyncLifetime
{
    private ControlledNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await ControlledNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Queues_are_listed_with_the_columns_that_are_asked_for()
    {
        await DeclareAsync("q1", new Dictionary<string, object?> { ["x-max-length"] = 10, ["x-dead-letter-exchange"] = "d x" });

        var listed = (await _node.CtlAsync("list_queues")).Succeeded();
        Assert.Equal(["Timeout: 60.0 seconds ...", "Listing queues for vhost / ...", "name\tmessages", "q1\t2"], listed.Lines);
        Assert.Equal(["q1\t2"], (await _node.CtlAsync("-s", "list_queues")).Lines);
        Assert.Equal(["q1\t2"], (await _node.QuietAsync("list_queues", "--no-table-headers")).Lines);
        Assert.Equal(
            [
                "messages\tname\tdurable\targuments\tpolicy\tstate",
                """2	q1	true	[{"x-max-length",10},{"x-dead-letter-exchange","d x"}]		running""",
            ],
            (await _node.QuietAsync("list_queues", "messages", "name", "durable", "arguments", "policy", "state")).Lines);
        Assert.Equal("", (await _node.QuietAsync("list_queues", "--offline")).Output);
        (await _node.CtlAsync("list_queues", "mesages")).Failed(
            ExitCode.Usage, "Error (argument validation): Info key(s) mesages are not supported\nDid you mean 'messages'?");
        (await _node.CtlAsync("list_queues", "-p", "w")).Failed(ExitCode.Data, "Virtual host 'w' does not exist");
    }

    [Fact]
    public async Task A_virtual_host_is_deleted_only_while_it_is_not_protected()
    {
        await _node.QuietAsync("add_vhost", "v");
        await _node.QuietAsync("enable_vhost_deletion_protection", "v");
        (await _node.CtlAsync("delete_vhost", "v")).Failed(
            ExitCode.Unavailable, "Refusing to delete virtual host 'v' because it is protected from deletion");
        await _node.QuietAsync("disable_vhost_deletion_protection", "v");
        await _node.QuietAsync("delete_vhost", "v");
        (await _node.CtlAsync("enable_vhost_deletion_protection", "v")).Failed(ExitCode.Data, "Virtual host 'v' does not exist");
    }

    [Fact]
    public async Task Logins_are_counted_until_a_reset()
    {
        await using (await _node.ConnectAsync())
        {
            Assert.Equal(
                ["protocol\tauth_attempts\tauth_attempts_failed\tauth_attempts_succeeded", "amqp091\t1\t0\t1"],
                (await _node.QuietAsync("list_node_auth_attempt_stats")).Lines);
            Assert.Equal(["127.0.0.1\tguest\tamqp091\t1\t0\t1"], (await _node.CtlAsync("-s", "list_node_auth_attempt_stats", "--by-source")).Lines);
        }

        await _node.QuietAsync("reset_node_auth_attempt_metrics");
        Assert.Equal("", (await _node.CtlAsync("-s", "list_node_auth_attempt_stats")).Succeeded().Output);
    }

    [Fact]
    public async Task Every_formatter_shows_the_same_list()
    {
        await DeclareAsync("a\"b\tc");
        await DeclareAsync("ü");

        Assert.Equal(["name\tmessages", "a\"b\\tc\t2", "ü\t2"], (await _node.QuietAsync("list_queues")).Lines);
        var csv = await _node.CtlAsync("list_queues", "--formatter", "csv");
        Assert.Equal(["\"name\",\"messages\"", "\"a\"\"b\\tc\",\"2\"", "\"ü\",\"2\""], csv.Lines);
        var json = (await _node.CtlAsync("list_queues", "--formatter=json")).Succeeded().Json;
        Assert.Equal("""[{"name":"a\u0022b\tc","messages":2},{"name":"\u00FC","messages":2}]""", json.ToJsonString());
        var stream = await _node.CtlAsync("--formatter", "json_stream", "list_queues");
        Assert.Equal("ü", JsonNode.Parse(stream.Lines[1])!["name"]!.GetValue<string>());
        Assert.Equal(["[[{name,<<\"a\\\"b\\tc\">>},{messages,2}],", " [{name,<<\"ü\">>},{messages,2}]]"],
            (await _node.QuietAsync("list_queues", "--formatter", "erlang")).Lines);
        Assert.Equal(
            [
                "┌────────┬──────────┐",
                "│ name   │ messages │",
                "├────────┼──────────┤",
                "│ a\"b\\tc │ 2        │",
                "├────────┼──────────┤",
                "│ ü      │ 2        │",
                "└────────┴──────────┘",
            ],
            (await _node.QuietAsync("list_queues", "--formatter", "pretty_table")).Lines);
        (await _node.CtlAsync("list_queues", "--formatter", "inspect")).Failed(ExitCode.Usage, "--formatter inspect is not supported");
    }

    [Fact]
    public async Task Connections_channels_and_consumers_are_listed_and_name_each_other()
    {
        var connection = await _node.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("q", durable: true, exclusive: true, autoDelete: false);
        await channel.BasicQosAsync(0, 5, global: false);
        await channel.BasicConsumeAsync("q", autoAck: false, consumerTag: "tag", new AsyncEventingBasicConsumer(channel));

        string[] command = ["list_connections", "--formatter", "json", "pid", "name", "user", "vhost", "state", "channels"];
        var connections = (await _node.CtlAsync(command)).Json;
        var pid = connections[0]!["pid"]!.GetValue<string>();
        Assert.Equal("guest / running 1", string.Join(' ', command[^4..].Select(name => connections[0]![name])));
        Assert.Equal("guest\t127.0.0.1", string.Join('\t', (await _node.CtlAsync("-s", "list_connections")).Lines[0].Split('\t')[..2]));

        var channels = (await _node.CtlAsync("list_channels", "--formatter", "json", "pid", "connection", "consumer_count")).Json;
        Assert.Equal(pid, channels[0]!["connection"]!.GetValue<string>());
        var consumers = (await _node.CtlAsync("list_consumers", "--formatter", "json")).Json[0]!;
        Assert.Equal(channels[0]!["pid"]!.GetValue<string>(), consumers["channel_pid"]!.GetValue<string>());
        Assert.Equal(["queue_name", "channel_pid", "consumer_tag", "ack_required", "prefetch_count", "active", "arguments"],
            consumers.AsObject().Select(pair => pair.Key));
        Assert.Equal($"q\t{pid}", (await _node.CtlAsync("-s", "list_queues", "name", "owner_pid")).Output.Trim());
        await channel.CloseAsync();
    }

    [Fact]
    public async Task Connections_are_closed_by_pid_by_virtual_host_and_by_user()
    {
        await _node.QuietAsync("add_vhost", "v");
        await _node.QuietAsync("set_permissions", "-p", "v", "guest", ".*", ".*", ".*");
        var (first, second) = (await _node.ConnectAsync(), await _node.ConnectAsync("v"));
        var pids = await _node.CtlAsync("-s", "list_connections", "pid", "vhost");
        var pid = pids.Lines.Single(line => line.EndsWith("\t/", StringComparison.Ordinal));
        (await _node.CtlAsync("close_connection", "<1.2.3>", "why")).Failed(ExitCode.Unavailable, "there is no connection <1.2.3>");

        await _node.QuietAsync("close_connection", pid.Split('\t')[0], "enough of it");
        await Eventually.Equal(false, () => first.IsOpen);
        Assert.Equal((320, "CONNECTION_FORCED - enough of it"), (first.CloseReason!.ReplyCode, first.CloseReason.ReplyText));
        Assert.True(second.IsOpen);

        await Eventually.Equal("Closed 0 connections", async () => (await _node.QuietAsync("close_all_connections", "why")).Output.Trim());
        Assert.Equal("Closed 1 connections", (await _node.QuietAsync("close_all_connections", "-p", "v", "why")).Output.Trim());
        await Eventually.Equal(false, () => second.IsOpen);

        var third = await _node.ConnectAsync();
        await _node.QuietAsync("close_all_user_connections", "guest", "bye");
        await Eventually.Equal(false, () => third.IsOpen);
    }

    [Fact]
    public async Task Exchanges_and_bindings_are_listed()
    {
        await DeclareAsync("q");
        var connection = await _node.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueBindAsync("q", "amq.topic", "a.b", new Dictionary<string, object?> { ["x"] = 1, ["y"] = "z" });

        Assert.Equal(
            ["source_name\tsource_kind\tdestination_name\tdestination_kind\trouting_key\targuments", "\texchange\tq\tqueue\tq\t[]",
                """amq.topic	exchange	q	queue	a.b	[{"x",1},{"y","z"}]"""],
            (await _node.QuietAsync("list_bindings")).Lines);
        var exchanges = (await _node.QuietAsync("list_exchanges")).Lines;
        Assert.Equal(("name\ttype", true), (exchanges[0], exchanges.Contains("amq.topic\ttopic")));
        Assert.Contains("amq.rabbitmq.trace\ttrue", (await _node.QuietAsync("list_exchanges", "name", "internal")).Lines);
    }

    [Fact]
    public async Task A_queue_is_purged_peeked_into_and_deleted()
    {
        await DeclareAsync("q");
        Assert.Contains("payload\tbody 1", (await _node.QuietAsync("peek", "q", "2")).Lines);
        (await _node.CtlAsync("peek", "q", "3")).Failed(ExitCode.Unavailable, "no message at this position");
        (await _node.CtlAsync("delete_queue", "q", "--if-empty")).Failed(ExitCode.Usage, "The queue is not empty");
        await _node.QuietAsync("purge_queue", "q");
        Assert.Equal(["q\t0"], (await _node.CtlAsync("-s", "list_queues")).Lines);
        var deleted = (await _node.CtlAsync("delete_queue", "q", "-e", "-u")).Succeeded();
        Assert.Equal(
            [
                "Deleting queue 'q' on vhost '/' if queue is empty and if queue is unused ...",
                "Queue was successfully deleted with 0 ready messages",
            ],
            deleted.Lines);
        (await _node.CtlAsync("delete_queue", "q")).Failed(ExitCode.Usage, "No such queue was found");
        (await _node.CtlAsync("purge_queue", "q")).Failed(ExitCode.Data, "not_found");
    }

    [Fact]
    public async Task A_queue_in_use_is_not_deleted_if_it_shall_be_unused()
    {
        await DeclareAsync("q");
        var connection = await _node.ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        await channel.BasicConsumeAsync("q", autoAck: false, new AsyncEventingBasicConsumer(channel));
        (await _node.CtlAsync("delete_queue", "q", "--if-unused")).Failed(ExitCode.Usage, "The queue is in use");
    }

    private async Task DeclareAsync(string queue, Dictionary<string, object?>? arguments = null)
    {
        var connection = await _node.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);
        for (var i = 0; i < 2; i++) await channel.BasicPublishAsync("", queue, System.Text.Encoding.UTF8.GetBytes($"body {i}"));
    }
}
