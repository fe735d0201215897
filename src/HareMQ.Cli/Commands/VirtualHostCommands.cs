using System.CommandLine;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class VirtualHostCommands
{
    private const string Group = "Virtual hosts";

    private static readonly Option<string> s_description = GlobalOptions.Text("--description", "TEXT", "what it is for");
    private static readonly Option<string> s_tags = GlobalOptions.Text("--tags", "TAG,TAG", "words to find it by");
    private static readonly Option<string> s_queueType = GlobalOptions.Text(
        "--default-queue-type", "TYPE", "of queues that are declared without one: classic or quorum");

    private static readonly ColumnSet s_columns = new(
        [
            .. Column.Fields("name", "description"),
            new Column("tags", json => json["tags"], AreSymbols: true),
            .. Column.Fields("default_queue_type", "tracing", "cluster_state", "protected_from_deletion", "metadata"),
        ],
        "name");

    public static IEnumerable<CtlCommand> All =>
    [
        new("add_vhost", Group, "Creates a virtual host; one that is there already is no error")
        {
            Arguments = "<vhost>", ArgumentsMin = 1, ArgumentsMax = 1, Options = [s_description, s_tags, s_queueType], RunAsync = AddAsync,
        },
        new("update_vhost_metadata", Group, "Changes the description, tags or default queue type of a virtual host")
        {
            Arguments = "<vhost>", ArgumentsMin = 1, ArgumentsMax = 1, Options = [s_description, s_tags, s_queueType],
            Completes = Completing.VirtualHosts, RunAsync = UpdateAsync,
        },
        new("delete_vhost", Group, "Deletes a virtual host with everything in it, and closes its connections")
        {
            Arguments = "<vhost>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.VirtualHosts, RunAsync = DeleteAsync,
        },
        new("enable_vhost_deletion_protection", Group, "Protects a virtual host from deletion")
        {
            Arguments = "<vhost>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.VirtualHosts,
            RunAsync = call => ProtectAsync(call, true),
        },
        new("disable_vhost_deletion_protection", Group, "Lets a virtual host be deleted again")
        {
            Arguments = "<vhost>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.VirtualHosts,
            RunAsync = call => ProtectAsync(call, false),
        },
        new("list_vhosts", Group, "Lists virtual hosts")
        {
            Arguments = "[<column> ...]", ArgumentsMax = int.MaxValue, Columns = s_columns, Completes = Completing.Columns,
            RunAsync = ListAsync,
        },
        new("set_vhost_tags", Group, "Sets the tags of a virtual host; none clears them")
        {
            Arguments = "<vhost> [<tag> ...]", ArgumentsMin = 1, ArgumentsMax = int.MaxValue, Completes = Completing.VirtualHosts,
            RunAsync = SetTagsAsync,
        },
        new("restart_vhost", Group, "Starts a virtual host that has failed") { RunAsync = RestartAsync },
        new("trace_on", Group, "Publishes every message of a virtual host to the exchange amq.rabbitmq.trace as well")
        {
            RunAsync = call => TraceAsync(call, true),
        },
        new("trace_off", Group, "Ends trace_on") { RunAsync = call => TraceAsync(call, false) },
    ];

    private static string PathOf(string virtualHost) => ControlClient.Path("vhosts", virtualHost);

    private static async Task<CommandResult> AddAsync(Invocation call)
    {
        call.Banner($"Adding vhost \"{call.Arguments[0]}\" ...");
        (await call.Client.PutAsync(PathOf(call.Arguments[0]), Metadata(call))).Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> UpdateAsync(Invocation call)
    {
        call.Banner($"Updating metadata of vhost \"{call.Arguments[0]}\" ...");
        return await ChangeAsync(call, call.Arguments[0], Metadata(call));
    }

    private static JsonObject Metadata(Invocation call)
    {
        var body = new JsonObject();
        if (call.Option(s_description) is { } description) body["description"] = description;
        if (call.Option(s_tags) is { } tags) body["tags"] = tags;
        if (call.Option(s_queueType) is { } type) body["default_queue_type"] = type;
        return body;
    }

    private static async Task<CommandResult> DeleteAsync(Invocation call)
    {
        call.Banner($"Deleting vhost \"{call.Arguments[0]}\" ...");
        (await call.Client.DeleteAsync(PathOf(call.Arguments[0]))).RequireVirtualHost(call.Arguments[0]);
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ProtectAsync(Invocation call, bool isOn)
    {
        var name = call.Arguments[0];
        call.Banner($"{(isOn ? "Enabling" : "Disabling")} deletion protection of virtual host '{name}' ...");
        var path = ControlClient.Path("vhosts", name, "deletion", "protection");
        var answer = isOn ? await call.Client.PostAsync(path) : await call.Client.DeleteAsync(path);
        answer.RequireVirtualHost(name);
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ListAsync(Invocation call)
    {
        call.CheckColumns();
        call.Banner("Listing vhosts ...");
        return call.Table((await call.Client.GetAsync("vhosts?disable_stats=true")).Items);
    }

    private static async Task<CommandResult> SetTagsAsync(Invocation call)
    {
        string[] tags = [.. call.Arguments.Skip(1)];
        call.Banner($"Setting tags for virtual host \"{call.Arguments[0]}\" to [{string.Join(", ", tags)}] ...");
        return await ChangeAsync(call, call.Arguments[0], new JsonObject { ["tags"] = Json.Array(tags) });
    }

    private static async Task<CommandResult> RestartAsync(Invocation call)
    {
        var (virtualHost, node) = (call.VirtualHost, await call.NodeNameAsync());
        call.Banner($"Trying to restart vhost '{virtualHost}' on node '{node}' ...");
        var answer = await call.Client.PostAsync(ControlClient.Path("vhosts", virtualHost, "start", node));
        if (answer.IsNotFound)
            throw new CliException(ExitCode.Software, $"Failed to start vhost '{virtualHost}' on node '{node}': there is no such vhost");
        answer.Require();
        return CommandResult.Say($"Vhost '{virtualHost}' is already running on node '{node}'");
    }

    private static async Task<CommandResult> TraceAsync(Invocation call, bool isOn)
    {
        call.Banner($"{(isOn ? "Starting" : "Stopping")} tracing for vhost \"{call.VirtualHost}\" ...");
        await ChangeAsync(call, call.VirtualHost, new JsonObject { ["tracing"] = isOn });
        var now = (await call.Client.GetAsync(PathOf(call.VirtualHost) + "?disable_stats=true")).Object;
        return Json.Flag(now, "tracing") == isOn
            ? CommandResult.Say($"Trace {(isOn ? "enabled" : "disabled")} for vhost {call.VirtualHost}")
            : throw CliException.Unavailable("This broker cannot trace messages");
    }

    /// <summary>Of one that exists: the API would make it otherwise.</summary>
    private static async Task<CommandResult> ChangeAsync(Invocation call, string virtualHost, JsonObject change)
    {
        (await call.Client.GetAsync(PathOf(virtualHost) + "?disable_stats=true")).RequireVirtualHost(virtualHost);
        (await call.Client.PutAsync(PathOf(virtualHost), change)).Require();
        return CommandResult.Done;
    }
}
