using System.CommandLine;

namespace HareMQ.Cli;

/// <summary>How often logins were tried.</summary>
internal static class LoginCommands
{
    private const string Group = "Operations";

    private static readonly string[] s_counts = ["protocol", "auth_attempts", "auth_attempts_failed", "auth_attempts_succeeded"];
    private static readonly ColumnSet s_columns = Columns(s_counts);
    private static readonly ColumnSet s_sourceColumns = Columns(["remote_address", "username", .. s_counts]);
    private static readonly Option<bool> s_bySource = GlobalOptions.Flag("--by-source", "by address and user");

    public static IEnumerable<CtlCommand> All =>
    [
        new("list_node_auth_attempt_stats", Group, "Counts logins that were tried, by protocol")
        {
            Options = [s_bySource], RunAsync = ListAsync,
        },
        new("reset_node_auth_attempt_metrics", Group, "Counts logins anew") { RunAsync = ResetAsync },
    ];

    private static ColumnSet Columns(string[] names) => new(Column.Fields(names), names);

    private static async Task<CommandResult> ListAsync(Invocation call)
    {
        var node = await call.NodeNameAsync();
        call.Banner($"Listing authentication attempts for node \"{node}\" ...");
        var isBySource = call.Option(s_bySource);
        var path = ControlClient.Path(["auth", "attempts", node, .. isBySource ? ["source"] : Array.Empty<string>()]);
        return (isBySource ? s_sourceColumns : s_columns).Table([], (await call.Client.GetAsync(path)).Items);
    }

    private static async Task<CommandResult> ResetAsync(Invocation call)
    {
        var node = await call.NodeNameAsync();
        call.Banner($"Resetting auth attempt metrics on node {node} ...");
        (await call.Client.DeleteAsync(ControlClient.Path("auth", "attempts", node))).Require();
        return CommandResult.Done;
    }
}
