using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>Checks: exit code 0 when all is well, 69 when it is not.</summary>
internal static class CheckCommands
{
    private const string Group = "Health checks";

    private static readonly Option<string> s_address = GlobalOptions.Text(
        "--address", "HOST", "where to connect to, instead of the broker's own");
    private static readonly Option<string> s_within = GlobalOptions.Text("--within", "NUMBER", "how soon (default 4)");
    private static readonly Option<string> s_unit = GlobalOptions.Text("--unit", "UNIT", "days, weeks (default), months or years");

    public static IEnumerable<CtlCommand> All =>
    [
        new("ping", Group, "Checks that the broker's process answers") { RunAsync = PingAsync },
        new("check_running", Group, "Checks that the broker runs") { RunAsync = CheckRunningAsync },
        new("is_running", Group, "Says whether the broker runs") { RunAsync = IsRunningAsync },
        new("is_booting", Group, "Says whether the broker is about to start") { RunAsync = IsBootingAsync },
        new("check_local_alarms", Group, "Checks that no memory or disk alarm is in effect") { RunAsync = CheckLocalAlarmsAsync },
        new("check_alarms", Group, "The same for all nodes") { RunAsync = CheckAlarmsAsync },
        new("alarms", Group, "Lists the alarms in effect") { RunAsync = AlarmsAsync },
        new("check_port_listener", Group, "Checks that the broker listens on a port")
        {
            Arguments = "<port>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = CheckPortAsync,
        },
        new("check_protocol_listener", Group, "Checks that the broker listens for a protocol")
        {
            Arguments = "<protocol>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = CheckProtocolAsync,
        },
        new("check_port_connectivity", Group, "Checks that every listener can be connected to")
        {
            Options = [s_address], RunAsync = CheckConnectivityAsync,
        },
        new("check_virtual_hosts", Group, "Checks that all virtual hosts run") { RunAsync = CheckVirtualHostsAsync },
        new("check_certificate_expiration", Group, "Checks that no certificate of a listener expires soon")
        {
            Options = [s_within, s_unit], RunAsync = CheckCertificatesAsync,
        },
        new("check_if_node_is_quorum_critical", Group, "Checks that quorum queues go on without this node")
        {
            RunAsync = call => OnlyNodeAsync(call, "for quorum of any quorum queues"),
        },
        new("check_if_node_is_mirror_sync_critical", Group, "Checks that mirrored queues lose nothing without this node")
        {
            RunAsync = call => OnlyNodeAsync(call, "for data safety of any classic mirrored queues"),
        },
        new("check_for_quorum_queues_without_an_elected_leader", Group, "Checks that every quorum queue serves")
        {
            Arguments = "[<pattern>]", ArgumentsMax = 1, Options = [GlobalOptions.Flag("--across-all-vhosts", "in all virtual hosts")],
            RunAsync = CheckLeadersAsync,
        },
        new("check_if_any_deprecated_features_are_used", Group, "Checks that nothing is used that will go")
        {
            RunAsync = CheckDeprecatedAsync,
        },
        new("node_health_check", Group, "The same as check_running; kept for old scripts") { RunAsync = CheckRunningAsync },
    ];

    private static async Task<CommandResult> PingAsync(Invocation call)
    {
        call.Banner($"Will ping the broker. This only checks if its process answers. Timeout: "
            + $"{(call.Timeout?.TotalMilliseconds ?? 60_000).ToString(CultureInfo.InvariantCulture)} ms.");
        await call.NodeAsync();
        return CommandResult.Say("Ping succeeded");
    }

    private static async Task<CommandResult> CheckRunningAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Checking if RabbitMQ is running on node {node} ...");
        var (isRunning, message) = await DescribeAsync(call);
        return isRunning ? CommandResult.Say(message) : throw CliException.Unavailable(message);
    }

    private static async Task<CommandResult> IsRunningAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Asking node {node} for its status ...");
        var (isRunning, message) = await DescribeAsync(call);
        return new CommandResult.Report([message], new JsonObject { ["result"] = isRunning, ["message"] = message });
    }

    private static async Task<(bool IsRunning, string Message)> DescribeAsync(Invocation call)
    {
        var node = await call.NodeAsync();
        var isRunning = Json.String(node, "state") == "running";
        return (isRunning, isRunning
            ? $"RabbitMQ on node {Json.String(node, "name")} is fully booted and running"
            : $"RabbitMQ on node {Json.String(node, "name")} is not running or has not fully booted yet (check with is_booting)");
    }

    private static async Task<CommandResult> IsBootingAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Asking node {node} for its boot status ...");
        var node = await call.NodeAsync();
        var isBooting = Json.String(node, "state") == "starting";
        var message = isBooting
            ? $"RabbitMQ on node {Json.String(node, "name")} is booting"
            : $"RabbitMQ on node {Json.String(node, "name")} is fully booted (check with is_running), stopped or has not started "
                + "booting yet";
        return new CommandResult.Report([message], new JsonObject { ["result"] = isBooting, ["message"] = message });
    }

    private static async Task<CommandResult> CheckLocalAlarmsAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Asking node {node} to report any local resource alarms ...");
        return await CheckAlarmsAsync(call, "reported no local alarms");
    }

    private static async Task<CommandResult> CheckAlarmsAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Asking node {node} to report any local resource alarms ...");
        return await CheckAlarmsAsync(call, "reported no alarms, local or clusterwide");
    }

    private static async Task<CommandResult> CheckAlarmsAsync(Invocation call, string well)
    {
        var status = await StatusCommands.GetAsync(call);
        var alarms = StatusCommands.DescribeAlarms(status);
        return alarms.Count == 0
            ? CommandResult.Say($"Node {Json.String(status, "node")} {well}")
            : throw CliException.Bare(
                ExitCode.Unavailable, $"Node {Json.String(status, "node")} reported alarms:\n{string.Join('\n', alarms)}");
    }

    private static async Task<CommandResult> AlarmsAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Asking node {node} to report any known resource alarms ...");
        var status = await StatusCommands.GetAsync(call);
        var alarms = StatusCommands.DescribeAlarms(status);
        return new CommandResult.Report(
            alarms.Count > 0 ? alarms : [$"Node {Json.String(status, "node")} reported no alarms, local or clusterwide"],
            new JsonObject { ["alarms"] = status["alarms"]?.DeepClone(), ["local"] = status["alarms"]?.DeepClone(), ["result"] = "ok" });
    }

    private static async Task<CommandResult> CheckPortAsync(Invocation call)
    {
        if (!int.TryParse(call.Arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535)
            throw CliException.Usage($"Argument must be a port, found {call.Arguments[0]}");
        await call.BannerAsync(node => $"Asking node {node} if there's an active listener on port {call.Arguments[0]} ...");
        var (node, listeners) = await ListenersAsync(call);
        var ports = listeners.Select(PortOf).Order().Distinct().ToArray();
        return ports.Contains(port)
            ? CommandResult.Say($"A listener for port {call.Arguments[0]} is running on node {node}.")
            : throw CliException.Bare(
                ExitCode.Unavailable,
                $"No listener for port {call.Arguments[0]} is active on node {node}. Found listeners that use the following ports: "
                + string.Join(", ", ports));
    }

    private static async Task<CommandResult> CheckProtocolAsync(Invocation call)
    {
        var protocol = call.Arguments[0];
        await call.BannerAsync(node => $"Asking node {node} if there's an active listener for protocol {protocol} ...");
        var (node, listeners) = await ListenersAsync(call);
        var known = listeners.Select(listener => Json.String(listener, "protocol")).Order(StringComparer.Ordinal).Distinct().ToArray();
        return known.Contains(Canonical(protocol))
            ? CommandResult.Say($"A listener for protocol {protocol} is running on node {node}.")
            : throw CliException.Unavailable(
                $"No listener for protocol {protocol} is active on node {node}. Found listeners for the following protocols: "
                + string.Join(", ", known));
    }

    private static string Canonical(string protocol) => protocol.ToLowerInvariant() switch
    {
        "amqp091" or "amqp0.9.1" or "amqp0-9-1" => "amqp",
        "amqps" or "amqp/tls" => "amqp/ssl",
        var other => other,
    };

    private static async Task<CommandResult> CheckConnectivityAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Testing TCP connections to all active listeners on node {node} ...");
        var (node, listeners) = await ListenersAsync(call);
        var failed = new List<string>();
        foreach (var listener in listeners)
        {
            var host = call.Option(s_address) ?? HostOf(listener);
            if (await FailureAsync(call, host, PortOf(listener)) is { } failure) failed.Add($" * {host}:{PortOf(listener)}: {failure}");
        }

        var ports = string.Join(", ", listeners.Select(PortOf).Order().Distinct());
        return failed.Count == 0
            ? CommandResult.Say($"Successfully connected to ports {ports} on node {node}.")
            : throw CliException.Unavailable($"Connection failures on node {node}:\n{string.Join('\n', failed)}");
    }

    private static async Task<string?> FailureAsync(Invocation call, string host, int port)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(call.Interrupt);
        limit.CancelAfter(call.Timeout ?? TimeSpan.FromSeconds(30));
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, limit.Token);
            return null;
        }
        catch (SocketException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException) when (!call.Interrupt.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }

    /// <summary>A wildcard is reached at this machine's own address.</summary>
    private static string HostOf(JsonObject listener) => Json.String(listener, "interface").Trim('[', ']') switch
    {
        "0.0.0.0" => "127.0.0.1",
        "::" => "localhost",
        var host => host,
    };

    private static int PortOf(JsonObject listener) => (int)Json.Number(listener, "port");

    private static async Task<(string Node, JsonObject[] Listeners)> ListenersAsync(Invocation call)
    {
        var status = await StatusCommands.GetAsync(call);
        return (Json.String(status, "node"), [.. StatusCommands.Listeners(status)]);
    }

    private static async Task<CommandResult> CheckVirtualHostsAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Checking if all vhosts are running on node {node} ...");
        var answer = await call.Client.GetAsync("health/checks/virtual-hosts");
        return answer.Succeeded
            ? CommandResult.Say($"Node {await call.NodeNameAsync()} reported all vhosts as running")
            : throw CliException.Unavailable(answer.Reason);
    }

    private static async Task<CommandResult> CheckCertificatesAsync(Invocation call)
    {
        var (within, unit) = (call.Option(s_within) ?? "4", call.Option(s_unit) ?? "weeks");
        if (!unit.EndsWith('s')) unit += "s";
        await call.BannerAsync(node => $"Checking certificate expiration on node {node} ...");
        var answer = await call.Client.GetAsync($"health/checks/certificate-expiration/{ControlClient.Path(within, unit)}");
        var shown = within == "1" ? unit[..^1] : unit;
        if (answer.Succeeded) return CommandResult.Say($"No certificates are expiring within {within} {shown}.");
        if (answer.Body is not JsonObject body || body["expired"] is not JsonArray expired)
            throw CliException.Usage(answer.Reason, ExitCode.Data);
        var lines = expired.OfType<JsonObject>().Select(one =>
            $"Interface: {Json.String(one, "interface")}, port: {Json.String(one, "port")}, protocol: {Json.String(one, "protocol")}, "
            + $"subject: {Json.String(one, "subject")}, expires: {Json.String(one, "not_after")}");
        throw CliException.Bare(ExitCode.Unavailable, $"Certificates are expiring within {within} {shown}:\n{string.Join('\n', lines)}");
    }

    private static async Task<CommandResult> OnlyNodeAsync(Invocation call, string critical)
    {
        await call.BannerAsync(node => $"Checking if node {node} is critical {critical} ...");
        return CommandResult.Say(
            $"Node {await call.NodeNameAsync()} seems to be the only one in a single node cluster, the check does not apply");
    }

    private static async Task<CommandResult> CheckLeadersAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Checking leader health of quorum queues on node {node} ...");
        var failed = (await call.Client.GetAsync("queues")).Items
            .Where(queue => Json.String(queue, "type") == "quorum" && Json.String(queue, "state") == "crashed")
            .Select(queue => $"{Json.String(queue, "name")} in vhost {Json.String(queue, "vhost")}").ToArray();
        return failed.Length == 0
            ? CommandResult.Say($"Node {await call.NodeNameAsync()} reported all quorum queues have responsive leader replicas")
            : throw CliException.Unavailable($"Quorum queues without a leader:\n{string.Join('\n', failed)}");
    }

    private static async Task<CommandResult> CheckDeprecatedAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Checking if any deprecated features are used on node {node} ...");
        var used = (await call.Client.GetAsync("deprecated-features/used")).Items.Select(one => Json.String(one, "name")).ToArray();
        return used.Length == 0
            ? CommandResult.Say($"Cluster reported no deprecated features in use")
            : throw CliException.Unavailable($"Deprecated features in use: {string.Join(", ", used)}");
    }
}
