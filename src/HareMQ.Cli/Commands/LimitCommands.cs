using System.CommandLine;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class LimitCommands
{
    private static readonly Option<bool> s_global = GlobalOptions.Flag("--global", "of all");
    private static readonly Option<string> s_user = GlobalOptions.Text("--user", "NAME", "whose");

    public static IEnumerable<CtlCommand> All =>
    [
        new("set_vhost_limits", "Virtual hosts", "Limits connections and queues of a virtual host")
        {
            Arguments = "<definition>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = SetOfVirtualHostAsync,
        },
        new("clear_vhost_limits", "Virtual hosts", "Clears the limits of a virtual host") { RunAsync = ClearOfVirtualHostAsync },
        new("list_vhost_limits", "Virtual hosts", "Shows the limits of a virtual host, or of all")
        {
            Options = [s_global], RunAsync = ListOfVirtualHostAsync,
        },
        new("set_user_limits", "Users", "Limits connections and channels of a user")
        {
            Arguments = "<username> <definition>", ArgumentsMin = 2, ArgumentsMax = 2, Completes = Completing.Users,
            RunAsync = SetOfUserAsync,
        },
        new("clear_user_limits", "Users", "Clears a limit of a user, or all of them")
        {
            Arguments = "<username> <limit | all>", ArgumentsMin = 2, ArgumentsMax = 2, Completes = Completing.Users,
            RunAsync = ClearOfUserAsync,
        },
        new("list_user_limits", "Users", "Shows the limits of a user, or of all")
        {
            Options = [s_user, s_global], RunAsync = ListOfUserAsync,
        },
    ];

    private static async Task<CommandResult> SetOfVirtualHostAsync(Invocation call)
    {
        call.Banner($"Setting vhost limits to \"{call.Arguments[0]}\" for vhost \"{call.VirtualHost}\" ...");
        var limits = Json.ParseObject(call.Arguments[0]);
        await RequireVirtualHostAsync(call);
        return await ReplaceAsync(call, ["vhost-limits", call.VirtualHost], limits, ["max-connections", "max-queues"]);
    }

    private static async Task<CommandResult> ClearOfVirtualHostAsync(Invocation call)
    {
        call.Banner($"Clearing vhost \"{call.VirtualHost}\" limits ...");
        await RequireVirtualHostAsync(call);
        return await ReplaceAsync(call, ["vhost-limits", call.VirtualHost], [], ["max-connections", "max-queues"]);
    }

    private static async Task<CommandResult> ListOfVirtualHostAsync(Invocation call)
    {
        if (call.Option(s_global))
        {
            call.Banner("Listing limits for all vhosts ...");
            return Table("vhost", (await call.Client.GetAsync("vhost-limits")).Items);
        }

        call.Banner($"Listing limits for vhost \"{call.VirtualHost}\" ...");
        var answer = await call.Client.GetAsync(ControlClient.Path("vhost-limits", call.VirtualHost));
        return Single(answer.RequireVirtualHost(call.VirtualHost));
    }

    private static async Task<CommandResult> SetOfUserAsync(Invocation call)
    {
        var (user, definition) = (call.Arguments[0], call.Arguments[1]);
        call.Banner($"Setting user limits to \"{definition}\" for user \"{user}\" ...");
        var limits = Json.ParseObject(definition);
        await RequireUserAsync(call, user);
        // What is not named stays, as in RabbitMQ.
        return await ReplaceAsync(call, ["user-limits", user], limits, []);
    }

    private static async Task<CommandResult> ClearOfUserAsync(Invocation call)
    {
        var (user, limit) = (call.Arguments[0], call.Arguments[1]);
        call.Banner(limit == "all"
            ? $"Clearing all limits for user \"{user}\" ..."
            : $"Clearing \"{limit}\" limit for user \"{user}\" ...");
        await RequireUserAsync(call, user);
        string[] cleared = limit == "all" ? ["max-connections", "max-channels"] : [limit];
        return await ReplaceAsync(call, ["user-limits", user], [], cleared);
    }

    private static async Task<CommandResult> ListOfUserAsync(Invocation call)
    {
        if (call.Option(s_global) || call.Option(s_user) is not { } user)
        {
            call.Banner("Listing limits for all users ...");
            return Table("user", (await call.Client.GetAsync("user-limits")).Items);
        }

        call.Banner($"Listing limits for user \"{user}\" ...");
        await RequireUserAsync(call, user);
        return Single(await call.Client.GetAsync(ControlClient.Path("user-limits", user)));
    }

    /// <summary>Clears what is to be cleared and sets the rest; a negative value means none.</summary>
    private static async Task<CommandResult> ReplaceAsync(Invocation call, string[] path, JsonObject limits, string[] cleared)
    {
        foreach (var (name, value) in limits)
        {
            var answer = await call.Client.PutAsync(
                ControlClient.Path([.. path, name]), new JsonObject { ["value"] = value?.DeepClone() });
            answer.Require();
        }

        foreach (var name in cleared.Where(name => !limits.ContainsKey(name)))
            (await call.Client.DeleteAsync(ControlClient.Path([.. path, name]))).Require();
        return CommandResult.Done;
    }

    private static async Task RequireVirtualHostAsync(Invocation call) =>
        (await call.Client.GetAsync(ControlClient.Path("vhosts", call.VirtualHost) + "?disable_stats=true"))
            .RequireVirtualHost(call.VirtualHost);

    private static async Task RequireUserAsync(Invocation call, string user)
    {
        if ((await call.Client.GetAsync(ControlClient.Path("users", user))).IsNotFound)
            throw CliException.Unavailable($"{{:no_such_user, \"{user}\"}}");
    }

    private static CommandResult.Table Table(string owner, IEnumerable<JsonObject> items) =>
        new ColumnSet([Column.Field(owner), new Column("limits", json => Json.Quoted(json["value"]))], owner, "limits").Table([], items);

    private static CommandResult.Value Single(Answer answer) =>
        new(Json.Quoted(answer.Items.FirstOrDefault()?["value"] ?? new JsonObject()));
}
