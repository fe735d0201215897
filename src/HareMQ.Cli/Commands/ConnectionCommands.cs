using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class ConnectionCommands
{
    private const string Group = "Operations";

    private static readonly Option<bool> s_global = GlobalOptions.Flag("--global", "in all virtual hosts");
    private static readonly Option<string> s_delay = GlobalOptions.Text(
        "--per-connection-delay", "MILLISECONDS", "to wait after each, so that not all clients come back at once");

    private static readonly Option<string> s_limit = GlobalOptions.Text("--limit", "NUMBER", "at most so many");

    public static IEnumerable<CtlCommand> All =>
    [
        new("close_connection", Group, "Closes a connection: its pid or its name, and the reason its client is told")
        {
            Arguments = "<pid | name> <reason>", ArgumentsMin = 2, ArgumentsMax = 2, RunAsync = CloseAsync,
        },
        new("close_all_connections", Group, "Closes the connections to a virtual host, or all")
        {
            Arguments = "<reason>", ArgumentsMin = 1, ArgumentsMax = 1, Options = [s_global, s_delay, s_limit], RunAsync = CloseAllAsync,
        },
        new("close_all_user_connections", Group, "Closes the connections of a user")
        {
            Arguments = "<username> <reason>", ArgumentsMin = 2, ArgumentsMax = 2, Completes = Completing.Users,
            RunAsync = CloseOfUserAsync,
        },
    ];

    private static async Task<CommandResult> CloseAsync(Invocation call)
    {
        var (wanted, reason) = (call.Arguments[0], call.Arguments[1]);
        call.Banner($"Closing connection {wanted}, reason: {reason}...");
        var found = (await GetAllAsync(call))
            .FirstOrDefault(connection => Json.String(connection, "pid") == wanted || Json.String(connection, "name") == wanted)
            ?? throw CliException.Unavailable($"there is no connection {wanted}; list_connections pid name lists them");
        await CloseAsync(call, found, reason);
        return CommandResult.Done;
    }

    private static async Task<CommandResult> CloseAllAsync(Invocation call)
    {
        var reason = call.Arguments[0];
        var (delay, limit) = (Number(call, s_delay), Number(call, s_limit));
        if (call.Option(s_global))
            await call.BannerAsync(node => $"Closing all connections to node {node} (across all vhosts), reason: {reason}...");
        else
            call.Banner($"Closing all connections in vhost {call.VirtualHost}, reason: {reason}...");
        var connections = (await GetAllAsync(call))
            .Where(connection => call.Option(s_global) || Json.String(connection, "vhost") == call.VirtualHost);
        if (limit is { } most and > 0) connections = connections.Take(most);
        var closed = await CloseAsync(call, connections, reason, delay ?? 0);
        return CommandResult.Say($"Closed {closed.ToString(CultureInfo.InvariantCulture)} connections");
    }

    private static async Task<CommandResult> CloseOfUserAsync(Invocation call)
    {
        var (user, reason) = (call.Arguments[0], call.Arguments[1]);
        call.Banner($"Closing connections of user {user}, reason: {reason}...");
        await CloseAsync(call, (await GetAllAsync(call)).Where(connection => Json.String(connection, "user") == user), reason, 0);
        return CommandResult.Done;
    }

    private static async Task<IEnumerable<JsonObject>> GetAllAsync(Invocation call) =>
        (await call.Client.GetAsync("connections?disable_stats=true")).Items;

    private static async Task<int> CloseAsync(Invocation call, IEnumerable<JsonObject> connections, string reason, int delayMs)
    {
        var closed = 0;
        foreach (var connection in connections)
        {
            await CloseAsync(call, connection, reason);
            closed++;
            if (delayMs > 0) await Task.Delay(delayMs, call.Interrupt);
        }

        return closed;
    }

    private static async Task CloseAsync(Invocation call, JsonObject connection, string reason)
    {
        var path = ControlClient.Path("connections", Json.String(connection, "name"));
        var answer = await call.Client.SendAsync(HttpMethod.Delete, path, reason: reason);
        // It may have gone by itself meanwhile.
        if (!answer.IsNotFound) answer.Require();
    }

    private static int? Number(Invocation call, Option<string> option)
    {
        if (call.Option(option) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw CliException.Usage($"Invalid options for this command:\n{option.Name} : {text}");
    }
}
