using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class QueueCommands
{
    private const string Group = "Queues";

    private static readonly Option<bool> s_ifEmpty = GlobalOptions.Flag("--if-empty", "only if it has no messages", "-e");
    private static readonly Option<bool> s_ifUnused = GlobalOptions.Flag("--if-unused", "only if nobody consumes from it", "-u");

    // On one node every queue is local, and there while the broker is.
    private static readonly Option<bool> s_online = GlobalOptions.Flag("--online", "queues whose node runs: all of them");
    private static readonly Option<bool> s_offline = GlobalOptions.Flag("--offline", "queues whose node does not run: none");
    private static readonly Option<bool> s_local = GlobalOptions.Flag("--local", "queues on this node: all of them");

    private static readonly ColumnSet s_columns = new(
        [
            .. Column.Fields("name", "durable", "auto_delete", "arguments", "policy", "operator_policy", "effective_policy_definition"),
            // A queue is no process of its own here.
            new Column("pid", _ => null),
            Column.Inner("owner_pid", "owner_pid_details", "pid"),
            Column.Field("exclusive"),
            new Column("exclusive_consumer_pid", _ => null),
            .. Column.Fields(
                "exclusive_consumer_tag", "messages_ready", "messages_unacknowledged", "messages", "messages_ready_ram",
                "messages_unacknowledged_ram", "messages_ram", "messages_persistent", "message_bytes", "message_bytes_ready",
                "message_bytes_unacknowledged", "message_bytes_ram", "message_bytes_persistent", "head_message_timestamp"),
            Column.Inner("disk_reads", "message_stats", "disk_reads"),
            Column.Inner("disk_writes", "message_stats", "disk_writes"),
            .. Column.Fields(
                "consumers", "consumer_utilisation", "consumer_capacity", "memory", "state", "type", "leader", "members", "online"),
            new Column("slave_pids", _ => null),
            new Column("synchronised_slave_pids", _ => null),
        ],
        "name", "messages");

    public static IEnumerable<CtlCommand> All =>
    [
        new("list_queues", ObjectCommands.Group, "Lists the queues of a virtual host")
        {
            Arguments = "[<column> ...]", ArgumentsMax = int.MaxValue, Options = [s_online, s_offline, s_local],
            Columns = s_columns, Completes = Completing.Columns, RunAsync = ListAsync,
        },
        new("list_unresponsive_queues", ObjectCommands.Group, "Lists the queues that have failed")
        {
            Arguments = "[<column> ...]", ArgumentsMax = int.MaxValue, Options = [s_local], Columns = s_columns,
            Completes = Completing.Columns, RunAsync = ListUnresponsiveAsync,
        },
        new("purge_queue", Group, "Drops the messages of a queue that are ready")
        {
            Arguments = "<queue>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.Queues, RunAsync = PurgeAsync,
        },
        new("delete_queue", Group, "Deletes a queue")
        {
            Arguments = "<queue>", ArgumentsMin = 1, ArgumentsMax = 1, Options = [s_ifEmpty, s_ifUnused],
            Completes = Completing.Queues, RunAsync = DeleteAsync,
        },
        new("quorum_status", Group, "Shows where the copies of a quorum queue are")
        {
            Arguments = "<queue>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.Queues, RunAsync = QuorumStatusAsync,
        },
        new("peek", Group, "Shows a message of a queue without taking it")
        {
            Arguments = "<queue> <position>", ArgumentsMin = 2, ArgumentsMax = 2, Completes = Completing.Queues, RunAsync = PeekAsync,
        },
        new("rebalance", Group, "Spreads the leaders of queues over the nodes")
        {
            Arguments = "<all | classic | quorum | stream>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = RebalanceAsync,
        },
    ];

    private static string PathOf(Invocation call, params string[] more) =>
        ControlClient.Path(["queues", call.VirtualHost, call.Arguments[0], .. more]);

    private static async Task<CommandResult> ListAsync(Invocation call)
    {
        call.CheckColumns();
        call.Banner($"Timeout: {CellText.Decimal(call.Timeout?.TotalSeconds ?? 60, 1)} seconds ...");
        call.Banner($"Listing queues for vhost {call.VirtualHost} ...");
        var queues = await GetAllAsync(call);
        return call.Table(call.Option(s_offline) ? [] : queues);
    }

    private static async Task<CommandResult> ListUnresponsiveAsync(Invocation call)
    {
        call.CheckColumns();
        call.Banner($"Listing unresponsive queues for vhost {call.VirtualHost} ...");
        var queues = await GetAllAsync(call);
        return call.Table(queues.Where(queue => Json.String(queue, "state") == "crashed"));
    }

    private static async Task<IEnumerable<JsonObject>> GetAllAsync(Invocation call) =>
        (await call.Client.GetAsync(ControlClient.Path("queues", call.VirtualHost))).RequireVirtualHost(call.VirtualHost).Items;

    private static async Task<CommandResult> PurgeAsync(Invocation call)
    {
        call.Banner($"Purging queue '{call.Arguments[0]}' in vhost '{call.VirtualHost}' ...");
        var answer = await call.Client.DeleteAsync(PathOf(call, "contents"));
        if (answer.IsNotFound) throw new CliException(ExitCode.Data, "not_found");
        answer.Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> DeleteAsync(Invocation call)
    {
        var (queue, ifEmpty, ifUnused) = (call.Arguments[0], call.Option(s_ifEmpty), call.Option(s_ifUnused));
        var condition = (ifEmpty, ifUnused) switch
        {
            (true, true) => " if queue is empty and if queue is unused",
            (true, false) => " if queue is empty",
            (false, true) => " if queue is unused",
            _ => "",
        };
        call.Banner($"Deleting queue '{queue}' on vhost '{call.VirtualHost}'{condition} ...");
        var found = await call.Client.GetAsync(PathOf(call));
        if (found.IsNotFound) throw new CliException(ExitCode.Usage, "No such queue was found");
        var ready = Json.Number(found.Object, "messages_ready").ToString(CultureInfo.InvariantCulture);
        var answer = await call.Client.DeleteAsync($"{PathOf(call)}?if-empty={Query(ifEmpty)}&if-unused={Query(ifUnused)}");
        if (answer.Status == HttpStatusCode.BadRequest && answer.Reason.Contains("not empty", StringComparison.Ordinal))
            throw new CliException(ExitCode.Usage, "The queue is not empty");
        if (answer.Status == HttpStatusCode.BadRequest && answer.Reason.Contains("in use", StringComparison.Ordinal))
            throw new CliException(ExitCode.Usage, "The queue is in use");
        answer.Require();
        return CommandResult.Say($"Queue was successfully deleted with {ready} ready messages");
    }

    private static string Query(bool value) => value ? "true" : "false";

    private static async Task<CommandResult> QuorumStatusAsync(Invocation call)
    {
        var node = await call.NodeNameAsync();
        call.Banner($"Status of quorum queue {call.Arguments[0]} on node {node} ...");
        var answer = await call.Client.GetAsync(PathOf(call));
        if (answer.IsNotFound) throw CliException.Unavailable("not_found");
        var queue = answer.Object;
        if (Json.String(queue, "type") != "quorum") throw CliException.Unavailable("Cannot get quorum status of a classic queue");
        Column[] columns =
        [
            Column.Field("Node Name", "leader"), new("Raft State", _ => "leader"), new("Membership", _ => "voter"),
        ];
        return new CommandResult.Table(columns, [[.. columns.Select(column => column.Read(queue))]]);
    }

    private static async Task<CommandResult> PeekAsync(Invocation call)
    {
        var position = Invocation.Number(call.Arguments[1]);
        if (position is < 1 or > 1000 || position % 1 != 0)
            throw CliException.BadArgument("the position is a whole number from 1 (the next message) to 1000");
        call.Banner($"Peeking {call.Arguments[0]} at position {position} ...");
        var body = new JsonObject { ["count"] = (int)position, ["ackmode"] = "reject_requeue_true", ["encoding"] = "auto" };
        var answer = await call.Client.PostAsync(PathOf(call, "get"), body);
        if (answer.IsNotFound) throw CliException.Unavailable("not_found");
        JsonObject[] messages = [.. answer.Items];
        if (messages.Length < position) throw CliException.Unavailable("no message at this position");
        var message = messages[^1];
        string[] names = ["exchange", "routing_key", "redelivered", "payload_bytes", "properties", "payload_encoding", "payload"];
        Column[] columns = [Column.Field("keys"), Column.Field("values")];
        return new CommandResult.Table(columns, [.. names.Select(name => new JsonNode?[] { name, message[name] })]);
    }

    private static async Task<CommandResult> RebalanceAsync(Invocation call)
    {
        var type = call.Arguments[0];
        if (type is not ("all" or "classic" or "quorum" or "stream"))
            throw CliException.BadArgument("type must be one of: all, classic, quorum, stream");
        call.Banner(type == "all" ? "Re-balancing leaders of all queues..." : $"Re-balancing leaders of {type} queues...");
        (await call.Client.PostAsync("rebalance/queues")).Require();
        return CommandResult.Say("All leaders are on the only node: nothing to do");
    }
}
