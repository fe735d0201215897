using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using HareMQ.Testing;

namespace HareMQ.Cli.Tests;

/// <summary>The same commands to Debian's rabbitmqctl and to harectl: same exit code, banner, columns and kind of error.</summary>
public sealed partial class RabbitMqComparisonTests : IAsyncLifetime
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmqctl";

    /// <summary>In their order; a later line finds what an earlier one has made. Everything is in a virtual host of its own.</summary>
    private static readonly string[][] s_commands =
    [
        ["add_vhost", "cli", "--description", "d", "--tags", "a,b"],
        ["add_vhost", "cli"],
        ["add_user", "cli", "p"],
        ["add_user", "cli", "p"],
        ["add_user"],
        ["authenticate_user", "cli", "p"],
        ["authenticate_user", "cli", "wrong"],
        ["change_password", "cli", "q"],
        ["set_user_tags", "cli", "monitoring", "policymaker"],
        ["list_users"],
        ["set_permissions", "-p", "cli", "cli", "^a", "^b", ".*"],
        ["set_permissions", "-p", "cli", "nobody", "", "", ""],
        ["set_permissions", "-p", "nowhere", "cli", "", "", ""],
        ["set_permissions", "-p", "cli", "cli", "(", "", ""],
        ["list_permissions", "-p", "cli"],
        ["list_permissions", "-p", "nowhere"],
        ["list_user_permissions", "cli"],
        ["clear_permissions", "-p", "cli", "cli"],
        ["clear_permissions", "-p", "cli", "cli"],
        ["clear_permissions", "-p", "nowhere", "cli"],
        ["list_vhosts", "name", "tracing"],
        ["list_queues", "-p", "cli"],
        ["list_queues", "-p", "cli", "nope"],
        ["list_queues", "-p", "cli", "-t", "soon"],
        ["list_queues", "-p"],
        ["list_exchanges", "-p", "cli", "name", "type", "durable", "internal", "arguments", "policy"],
        ["list_exchanges", "-p", "cli", "-s"],
        ["list_bindings", "-p", "cli"],
        ["list_consumers", "-p", "cli"],
        ["set_policy", "-p", "cli", "p", "^q", """{"max-length":5}""", "--priority", "3", "--apply-to", "queues"],
        ["set_policy", "-p", "cli", "p2", "^q", """{"nope":5}"""],
        ["set_policy", "-p", "cli", "p2", "^q", "{"],
        ["set_policy", "-p", "cli", "p2", "^q", """{"max-length":5}""", "--priority", "high"],
        ["set_policy", "-p", "nowhere", "p2", "^q", """{"max-length":5}"""],
        ["list_policies", "-p", "cli"],
        ["clear_policy", "-p", "cli", "p"],
        ["clear_policy", "-p", "cli", "p"],
        ["set_vhost_limits", "-p", "cli", """{"max-queues":10}"""],
        ["set_vhost_limits", "-p", "cli", """{"nope":10}"""],
        ["list_vhost_limits", "-p", "cli"],
        ["clear_vhost_limits", "-p", "cli"],
        ["set_user_limits", "nobody", "{}"],
        ["set_global_parameter", "cli", """{"a":1}"""],
        ["list_global_parameters", "-s"],
        ["clear_global_parameter", "cli"],
        ["clear_global_parameter", "cli"],
        ["delete_queue", "-p", "cli", "nothing"],
        ["close_all_connections", "-p", "cli", "why"],
        ["close_connection", "<1.2.3>", "why"],
        ["ping"],
        ["reset"],
        ["join_cluster", "rabbit@other"],
        ["forget_cluster_node", "rabbit@other"],
        ["import_definitions", "/none"],
        ["set_vm_memory_high_watermark", "x"],
        ["set_log_level", "loud"],
        ["lst_queues"],
        ["delete_user", "cli"],
        ["delete_user", "cli"],
        ["delete_vhost", "cli"],
        ["delete_vhost", "cli"],
    ];

    /// <summary>Where a newer RabbitMQ than Debian's, or HareMQ for a reason, says something else; with both exit codes.</summary>
    private static readonly (string[] Command, int RabbitMq, int HareMq)[] s_differences =
    [
        (["list_queues", "-p", "nowhere"], 0, 65),
        (["purge_queue", "nothing"], 69, 65),
        (["eval", "1."], 0, 69),
    ];

    private ControlledNode _node = null!;

    private static string? Directory =>
        Environment.GetEnvironmentVariable(BrokerTarget.RabbitMqDirectoryVariable) is { Length: > 0 } name ? name : null;

    public async ValueTask InitializeAsync() => _node = await ControlledNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Same_commands_get_the_same_exit_codes_banners_and_columns()
    {
        Assert.SkipWhen(Directory is null, $"{BrokerTarget.RabbitMqDirectoryVariable} names no node of rabbitmq-server");
        var differences = new List<string>();
        try
        {
            foreach (var command in s_commands)
            {
                var (theirs, ours) = (await RabbitMqCtlAsync(command), await _node.CtlAsync(command));
                if (Shape(theirs) == Shape(ours)) continue;
                differences.Add($"{string.Join(' ', command)}\n--- RabbitMQ\n{Shape(theirs)}\n--- HareMQ\n{Shape(ours)}");
            }
        }
        finally
        {
            await RabbitMqCtlAsync("delete_vhost", "cli");
            await RabbitMqCtlAsync("delete_user", "cli");
        }

        foreach (var (command, theirs, ours) in s_differences)
        {
            Assert.Equal(theirs, (int)(await RabbitMqCtlAsync(command)).ExitCode);
            Assert.Equal(ours, (int)(await _node.CtlAsync(command)).ExitCode);
        }

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }

    /// <summary>
    /// What must be equal: the exit code, the banner and the columns, and whether an error is about usage or about the broker. Rows are
    /// compared where they are not about the node itself.
    /// </summary>
    private static string Shape(CtlRun run)
    {
        var error = run.Error.Length == 0 ? "" : run.Error.Contains("Arguments given:", StringComparison.Ordinal) ? "usage" : "error";
        var lines = run.Output.Split('\n').Select(line => NodeName().Replace(line, "NODE")).Where(line => !IsOfTheNode(line)).Order();
        return $"{(int)run.ExitCode} {error}\n{string.Join('\n', lines).Trim()}";
    }

    /// <summary>What differs from broker to broker, or is said in other words for a reason.</summary>
    private static bool IsOfTheNode(string line) =>
        line.Contains("Done. Don't forget", StringComparison.Ordinal) || line.StartsWith("Will ping", StringComparison.Ordinal)
        || line.StartsWith("internal_cluster_id", StringComparison.Ordinal) || line.StartsWith("cluster_name\t", StringComparison.Ordinal)
        || line.StartsWith("Setting log level", StringComparison.Ordinal);

    [GeneratedRegex(@"(haremq-\d+@localhost|hare@test)")]
    private static partial Regex NodeName();

    private static async Task<CtlRun> RabbitMqCtlAsync(params string[] arguments)
    {
        var port = int.Parse(await File.ReadAllTextAsync(Path.Combine(Directory!, "port")), CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        // As tests/lib/rabbitmq.sh does it, but for --quiet: banners are compared too.
        start.Environment["HOME"] = Directory;
        start.Environment["ERL_EPMD_PORT"] = (port + 20001).ToString(CultureInfo.InvariantCulture);
        start.Environment["RABBITMQ_CONF_ENV_FILE"] = "/dev/null";
        start.Environment["RABBITMQ_NODENAME"] = $"haremq-{port}@localhost";
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CtlRun((ExitCode)process.ExitCode, output, await error);
    }
}
