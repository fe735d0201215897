using System.Diagnostics;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>RabbitMQ's own script for this API, one sub-command after the other.</summary>
public sealed class RabbitMqAdminTests : IAsyncLifetime
{
    private static readonly string? s_script =
        ((string[])["/usr/bin/rabbitmqadmin", "/usr/local/bin/rabbitmqadmin"]).FirstOrDefault(File.Exists);

    /// <summary>A command, and a text its output must have.</summary>
    private static readonly (string Expected, string[] Arguments)[] s_commands =
    [
        ("hare@test", ["show", "overview"]),
        ("hare@test", ["list", "nodes"]),
        ("admin connection", ["list", "connections", "user_provided_name"]),
        ("guest", ["list", "channels"]),
        ("here", ["list", "consumers", "consumer_tag"]),
        ("amq.match", ["list", "exchanges"]),
        ("administrator", ["list", "users"]),
        ("queue declared", ["declare", "queue", "name=q"]),
        ("queue declared", ["declare", "queue", "name=quorum", "queue_type=quorum"]),
        ("exchange declared", ["declare", "exchange", "name=x", "type=topic"]),
        ("binding declared", ["declare", "binding", "source=x", "destination=q", "routing_key=a.#"]),
        ("vhost declared", ["declare", "vhost", "name=v"]),
        ("user declared", ["declare", "user", "name=u", "password=p", "tags=management"]),
        ("permission declared", ["declare", "permission", "vhost=v", "user=u", "configure=.*", "write=.*", "read=.*"]),
        ("parameter declared", ["declare", "parameter", "component=c", "name=n", "value={\"a\":1}"]),
        ("policy declared", ["declare", "policy", "name=p", "pattern=^q", "definition={\"max-length\":5}", "apply-to=queues"]),
        ("operator_policy declared", ["declare", "operator_policy", "name=o", "pattern=^q", "definition={\"max-length\":9}"]),
        ("vhost_limit declared", ["declare", "vhost_limit", "vhost=/", "name=max-queues", "value=100"]),
        ("Message published", ["publish", "exchange=x", "routing_key=a.b", "payload=hello"]),
        ("Message published but NOT routed", ["publish", "exchange=x", "routing_key=b", "payload=hello"]),
        ("hello", ["get", "queue=q", "ackmode=ack_requeue_true"]),
        ("1 ", ["list", "queues", "name", "messages"]),
        ("a.#", ["list", "bindings", "source", "destination", "routing_key"]),
        ("| v ", ["list", "vhosts", "name"]),
        (".*", ["list", "permissions"]),
        ("{\"a\": 1}", ["list", "parameters"]),
        ("max-length", ["list", "policies"]),
        ("max-length", ["list", "operator_policies"]),
        ("max-queues", ["list", "vhost_limits"]),
        ("queue purged", ["purge", "queue", "name=q"]),
        ("Exported definitions", ["export", "FILE"]),
        ("Uploaded definitions", ["import", "FILE"]),
        ("binding deleted", ["delete", "binding", "source=x", "destination_type=queue", "destination=q", "properties_key=a.%23"]),
        ("queue deleted", ["delete", "queue", "name=q"]),
        ("exchange deleted", ["delete", "exchange", "name=x"]),
        ("parameter deleted", ["delete", "parameter", "component=c", "name=n"]),
        ("policy deleted", ["delete", "policy", "name=p"]),
        ("operator_policy deleted", ["delete", "operator_policy", "name=o"]),
        ("vhost_limit deleted", ["delete", "vhost_limit", "vhost=/", "name=max-queues"]),
        ("permission deleted", ["delete", "permission", "vhost=v", "user=u"]),
        ("user deleted", ["delete", "user", "name=u"]),
        ("vhost deleted", ["delete", "vhost", "name=v"]),
        ("connection closed", ["close", "connection", "name=CONNECTION"]),
    ];

    private static readonly string[] s_verbs = ["list", "show", "declare", "delete", "close", "purge", "export", "import", "publish", "get"];

    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await ManagementBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Every_subcommand_works()
    {
        Assert.SkipWhen(s_script is null, "rabbitmqadmin is not installed");
        var file = Path.GetTempFileName();
        try
        {
            var connection = await _broker.ConnectAsync("admin connection");
            var channel = await connection.CreateChannelAsync();
            var queue = await channel.QueueDeclareAsync("consumed-queue-xx", durable: true, exclusive: false, autoDelete: false);
            await channel.BasicConsumeAsync(queue.QueueName, false, "here", new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(channel));
            var name = (await _broker.Http.ReadAsync("connections"))[0]!["name"]!.ToString();
            foreach (var (expected, arguments) in s_commands)
            {
                var output = await RunAsync([.. arguments.Select(argument => argument.Replace("FILE", file).Replace("CONNECTION", name))]);
                Assert.Contains(expected, output);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task No_subcommand_that_the_script_knows_is_left_out()
    {
        Assert.SkipWhen(s_script is null, "rabbitmqadmin is not installed");
        var known = (await RunAsync(["help", "subcommands"])).Split('\n').Select(line => line.Trim().Split(' '))
            .SkipWhile(words => words[0] != "Display").Where(words => s_verbs.Contains(words[0]))
            .Select(words => TakesAnObject(words[0]) ? $"{words[0]} {words[1]}" : words[0]).ToArray();
        Assert.InRange(known.Length, 40, 100);
        Assert.Empty(known.Except(s_commands.Select(
            command => TakesAnObject(command.Arguments[0]) ? string.Join(' ', command.Arguments.Take(2)) : command.Arguments[0])));
    }

    private static bool TakesAnObject(string verb) => verb is not ("publish" or "get" or "export" or "import");

    private async Task<string> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = [s_script!, "-H", "127.0.0.1", "-P", $"{_broker.HttpPort}", .. arguments];
        foreach (var argument in all) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {await output}{await errors}");
        return await output;
    }
}
