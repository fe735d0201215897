using System.CommandLine;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>Clusters have one node so far: what is there is shown, what would need a second one is refused.</summary>
internal static class ClusterCommands
{
    public const string NoCluster = "This version of HareMQ has no clusters: every broker is by itself.";

    private const string Group = "Cluster";

    private static readonly Option<bool> s_disc = GlobalOptions.Flag("--disc", "as a node that keeps its data on disk");
    private static readonly Option<bool> s_ram = GlobalOptions.Flag("--ram", "as a node that keeps its data in memory");
    private static readonly Option<bool> s_offline = GlobalOptions.Flag("--offline", "by a node that does not run");

    public static IEnumerable<CtlCommand> All =>
    [
        new("cluster_status", Group, "Shows the nodes of the cluster") { RunAsync = StatusAsync },
        new("set_cluster_name", Group, "Changes the name of the cluster, which clients are told")
        {
            Arguments = "<name>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = SetNameAsync,
        },
        new("join_cluster", Group, "Makes the node a member of another one's cluster")
        {
            Arguments = "<member>", ArgumentsMin = 1, ArgumentsMax = 1, Options = [s_disc, s_ram], Needs = BrokerNeed.Stopped,
            RunAsync = JoinAsync,
        },
        new("change_cluster_node_type", Group, "Changes whether the node keeps its data on disk: it always does")
        {
            Arguments = "<disc | ram>", ArgumentsMin = 1, ArgumentsMax = 1, Needs = BrokerNeed.Stopped, RunAsync = ChangeTypeAsync,
        },
        new("forget_cluster_node", Group, "Removes a node from the cluster")
        {
            Arguments = "<node>", ArgumentsMin = 1, ArgumentsMax = 1, Options = [s_offline], RunAsync = ForgetAsync,
        },
        new("rename_cluster_node", Group, "Does nothing, as in RabbitMQ since 3.13")
        {
            Arguments = "<old> <new> [<old> <new> ...]", ArgumentsMin = 2, ArgumentsMax = int.MaxValue, RunAsync = NoOperationAsync,
        },
        new("update_cluster_nodes", Group, "Does nothing, as in RabbitMQ since 3.13")
        {
            Arguments = "<seed node>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = NoOperationAsync,
        },
        new("force_boot", Group, "Lets a node start without the others of its cluster: it does anyway")
        {
            Needs = BrokerNeed.Stopped, RunAsync = _ => Task.FromResult(CommandResult.Done),
        },
        new("list_feature_flags", "Feature flags", "Lists feature flags")
        {
            Arguments = "[<column> ...]", ArgumentsMax = int.MaxValue, Completes = Completing.Columns,
            Columns = new ColumnSet(Column.Fields("name", "state", "stability", "provided_by", "desc", "doc_url"), "name", "state"),
            RunAsync = ListFlagsAsync,
        },
        new("enable_feature_flag", "Feature flags", "Enables a feature flag, or all")
        {
            Arguments = "<flag | all>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = EnableFlagAsync,
        },
        new("list_deprecated_features", "Feature flags", "Lists features that will go")
        {
            Arguments = "[<column> ...]", ArgumentsMax = int.MaxValue, Completes = Completing.Columns,
            Columns = new ColumnSet(
                Column.Fields("name", "deprecation_phase", "provided_by", "desc", "doc_url"), "name", "deprecation_phase"),
            RunAsync = ListDeprecatedAsync,
        },
    ];

    private static async Task<CommandResult> StatusAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Cluster status of node {node} ...");
        var status = await StatusCommands.GetAsync(call);
        var flags = (await call.Client.GetAsync("feature-flags")).Items.ToArray();
        var node = Json.String(status, "node");
        return new CommandResult.Report([.. Sections(status, node, flags)], Document(status, node, flags));
    }

    private static IEnumerable<string> Sections(JsonObject status, string node, JsonObject[] flags) =>
    [
        .. StatusCommands.Section("Basics",
        [
            $"Cluster name: {Json.String(status, "cluster_name")}",
            $"Total CPU cores available cluster-wide: {Json.String(status, "cpu_cores")}",
        ]),
        .. StatusCommands.Section("Cluster Tags", []),
        .. StatusCommands.Section("Disk Nodes", [node]),
        .. StatusCommands.Section("Running Nodes", [node]),
        .. StatusCommands.Section("Versions",
        [
            $"{node}: {Json.String(status, "product_name")} {Json.String(status, "product_version")} "
                + $"on {Json.String(status, "erlang_version")}",
        ]),
        .. StatusCommands.Section("CPU Cores", [$"Node: {node}, available CPU cores: {Json.String(status, "cpu_cores")}"]),
        .. StatusCommands.Section("Maintenance status", [$"Node: {node}, status: {Maintenance(status)}"]),
        .. StatusCommands.Section("Alarms", StatusCommands.DescribeAlarms(status)),
        .. StatusCommands.Section("Network Partitions", []),
        .. StatusCommands.Section("Listeners",
        [
            .. StatusCommands.Listeners(status)
                .Select(listener => $"Node: {node}, {LowerFirst(StatusCommands.DescribeListener(listener))}"),
        ]),
        .. StatusCommands.Section("Feature flags",
            [.. flags.Select(flag => $"Flag: {Json.String(flag, "name")}, state: {Json.String(flag, "state")}")]),
    ];

    private static string Maintenance(JsonObject status) =>
        MaintenanceCommands.IsUnderMaintenance(status) ? "marked for maintenance" : "not under maintenance";

    private static string LowerFirst(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    private static JsonObject Document(JsonObject status, string node, JsonObject[] flags) => new()
    {
        ["cluster_name"] = status["cluster_name"]?.DeepClone(),
        ["cluster_tags"] = new JsonArray(),
        ["disk_nodes"] = Json.Array(node),
        ["ram_nodes"] = new JsonArray(),
        ["running_nodes"] = Json.Array(node),
        ["versions"] = new JsonObject
        {
            [node] = new JsonObject
            {
                ["rabbitmq_name"] = status["product_name"]?.DeepClone(),
                ["rabbitmq_version"] = status["product_version"]?.DeepClone(),
                ["erlang_version"] = status["erlang_version"]?.DeepClone(),
            },
        },
        ["cpu_cores"] = new JsonObject { [node] = status["cpu_cores"]?.DeepClone() },
        ["maintenance_status"] = new JsonObject { [node] = Maintenance(status) },
        ["alarms"] = status["alarms"]?.DeepClone(),
        ["partitions"] = new JsonObject(),
        ["listeners"] = new JsonObject { [node] = status["listeners"]?.DeepClone() },
        ["feature_flags"] = new JsonArray([.. flags.Select(flag => flag.DeepClone())]),
    };

    private static async Task<CommandResult> SetNameAsync(Invocation call)
    {
        call.Banner($"Setting cluster name to {call.Arguments[0]} ...");
        (await call.Client.PutAsync("cluster-name", new JsonObject { ["name"] = call.Arguments[0] })).Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> JoinAsync(Invocation call)
    {
        var (node, member) = (await call.NodeNameAsync(), call.Arguments[0]);
        call.Banner($"Clustering node {node} with {member}");
        throw member == node
            ? new CliException(ExitCode.Software, $"Error: cannot cluster node with itself: {node}")
            : CliException.Unavailable(NoCluster);
    }

    private static async Task<CommandResult> ChangeTypeAsync(Invocation call)
    {
        var type = call.Arguments[0];
        if (type is not ("disc" or "disk" or "ram"))
            throw CliException.Usage("The node type must be either disc or ram.", ExitCode.Data);
        await call.BannerAsync(node => $"Turning {node} into a {type} node");
        return type == "ram"
            ? throw CliException.Unavailable("HareMQ keeps all data on disk: there are no ram nodes")
            : CommandResult.Say("Node type is already disc");
    }

    private static async Task<CommandResult> ForgetAsync(Invocation call)
    {
        var (node, forgotten) = (await call.NodeNameAsync(), call.Arguments[0]);
        call.Banner($"Removing node {forgotten} from the cluster");
        throw CliException.Unavailable(forgotten == node
            ? $"RabbitMQ on node {forgotten} must be stopped with 'harectl -n {forgotten} stop_app' before it can be removed"
            : "{:not_a_cluster_node, 'The node selected is not in the cluster.'}");
    }

    private static Task<CommandResult> NoOperationAsync(Invocation call) =>
        Task.FromResult(CommandResult.Say($"DEPRECATED. {call.Command.Name} does nothing."));

    private static async Task<CommandResult> ListFlagsAsync(Invocation call)
    {
        call.CheckColumns();
        call.Banner("Listing feature flags ...");
        return call.Table((await call.Client.GetAsync("feature-flags")).Items);
    }

    private static async Task<CommandResult> EnableFlagAsync(Invocation call)
    {
        var flag = call.Arguments[0];
        call.Banner(flag == "all" ? "Enabling all feature flags ..." : $"Enabling feature flag \"{flag}\" ...");
        string[] wanted = flag == "all"
            ? [.. (await call.Client.GetAsync("feature-flags")).Items.Select(one => Json.String(one, "name"))]
            : [flag];
        foreach (var name in wanted)
        {
            var answer = await call.Client.PutAsync(
                ControlClient.Path("feature-flags", name, "enable"), new JsonObject { ["name"] = name });
            if (answer.IsNotFound) throw CliException.Usage($"Feature flag {name} is not supported", ExitCode.Data);
            answer.Require();
        }

        return CommandResult.Done;
    }

    private static async Task<CommandResult> ListDeprecatedAsync(Invocation call)
    {
        call.CheckColumns();
        call.Banner("Listing deprecated features ...");
        return call.Table((await call.Client.GetAsync("deprecated-features")).Items);
    }
}
