using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>The maintenance mode, by the names of rabbitmqctl and rabbitmq-upgrade.</summary>
internal static class MaintenanceCommands
{
    private const string Group = "Maintenance";

    public static IEnumerable<CtlCommand> All =>
    [
        new("suspend_listeners", Group, "Takes no more AMQP clients; those who are here stay")
        {
            RunAsync = call => ChangeAsync(call,
                node => $"Will suspend client connection listeners on node {node}. The node will no longer accept client connections!"),
        },
        new("resume_listeners", Group, "Takes AMQP clients again")
        {
            RunAsync = call => ChangeAsync(call,
                node => $"Will resume client connection listeners on node {node}. The node will now accept client connections"),
        },
        new("drain", Group, "Puts the broker into maintenance mode: closes all AMQP clients and takes no more")
        {
            RunAsync = call => ChangeAsync(call,
                node => $"Will put node {node} into maintenance mode. The node will no longer serve any client traffic!"),
        },
        new("revive", Group, "Ends the maintenance mode")
        {
            RunAsync = call => ChangeAsync(call,
                node => $"Will put node {node} back into regular operating mode. The node will again serve client traffic"),
        },
        new("await_online_quorum_plus_one", Group, "Waits until this node can be stopped without queues that stop: at once, as it is alone")
        {
            RunAsync = AwaitQuorumAsync,
        },
    ];

    public static bool IsUnderMaintenance(JsonObject status) => status["is_under_maintenance"]?.GetValue<bool>() ?? false;

    private static async Task<CommandResult> ChangeAsync(Invocation call, Func<string, string> banner)
    {
        await call.BannerAsync(banner);
        (await call.Client.PostAsync($"haremq/maintenance/{call.Command.Name}")).Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> AwaitQuorumAsync(Invocation call)
    {
        call.Banner("Will wait for a quorum + 1 of nodes to be online for all quorum queues ...");
        await StatusCommands.GetAsync(call);
        return CommandResult.Say("Target node seems to be the only one in a single node cluster, the command does not apply");
    }
}
