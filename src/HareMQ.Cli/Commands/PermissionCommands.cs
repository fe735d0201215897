using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class PermissionCommands
{
    private const string Group = "Access control";

    public static IEnumerable<CtlCommand> All => [.. OfVirtualHosts, .. OfTopics];

    private static IEnumerable<CtlCommand> OfVirtualHosts =>
    [
        new("set_permissions", Group, "Lets a user into a virtual host: which names may be configured, written to and read from")
        {
            Arguments = "<username> <configure> <write> <read>", ArgumentsMin = 4, ArgumentsMax = 4, Completes = Completing.Users,
            RunAsync = SetAsync,
        },
        new("set_permissions_globally", Group, "Lets a user into every virtual host there is")
        {
            Arguments = "<username> <configure> <write> <read>", ArgumentsMin = 4, ArgumentsMax = 4, Completes = Completing.Users,
            RunAsync = SetEverywhereAsync,
        },
        new("clear_permissions", Group, "Keeps a user out of a virtual host")
        {
            Arguments = "<username>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.Users, RunAsync = ClearAsync,
        },
        new("list_permissions", Group, "Lists who may do what in a virtual host")
        {
            Columns = Columns("user", "configure", "write", "read"), RunAsync = ListAsync,
        },
        new("list_user_permissions", Group, "Lists what a user may do where")
        {
            Arguments = "<username>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.Users,
            Columns = Columns("vhost", "configure", "write", "read"), RunAsync = call => ListOfUserAsync(call, "permissions"),
        },
    ];

    private static IEnumerable<CtlCommand> OfTopics =>
    [
        new("set_topic_permissions", Group, "Limits the routing keys that a user may publish and bind with at a topic exchange")
        {
            Arguments = "<username> <exchange> <write> <read>", ArgumentsMin = 4, ArgumentsMax = 4, Completes = Completing.Users,
            RunAsync = SetTopicAsync,
        },
        new("clear_topic_permissions", Group, "Lifts the limits of a user's routing keys, at one exchange or at all")
        {
            Arguments = "<username> [<exchange>]", ArgumentsMin = 1, ArgumentsMax = 2, Completes = Completing.Users,
            RunAsync = ClearTopicAsync,
        },
        new("list_topic_permissions", Group, "Lists who may use which routing keys in a virtual host")
        {
            Columns = Columns("user", "exchange", "write", "read"), RunAsync = ListTopicAsync,
        },
        new("list_user_topic_permissions", Group, "Lists which routing keys a user may use where")
        {
            Arguments = "<username>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.Users,
            Columns = Columns("vhost", "exchange", "write", "read"), RunAsync = call => ListOfUserAsync(call, "topic-permissions"),
        },
    ];

    private static ColumnSet Columns(params string[] names) => new(Column.Fields(names), names);

    private static async Task<CommandResult> SetAsync(Invocation call)
    {
        call.Banner($"Setting permissions for user \"{call.Arguments[0]}\" in vhost \"{call.VirtualHost}\" ...");
        await CheckUserAsync(call);
        await PutAsync(call, "permissions", call.VirtualHost, Permission(call));
        return CommandResult.Done;
    }

    private static async Task<CommandResult> SetEverywhereAsync(Invocation call)
    {
        call.Banner($"Setting permissions for user \"{call.Arguments[0]}\" in all virtual hosts ...");
        await CheckUserAsync(call);
        foreach (var virtualHost in (await call.Client.GetAsync("vhosts?disable_stats=true")).Items)
            await PutAsync(call, "permissions", Json.String(virtualHost, "name"), Permission(call));
        return CommandResult.Done;
    }

    private static JsonObject Permission(Invocation call) => new()
    {
        ["configure"] = call.Arguments[1],
        ["write"] = call.Arguments[2],
        ["read"] = call.Arguments[3],
    };

    private static async Task<CommandResult> ClearAsync(Invocation call)
    {
        call.Banner($"Clearing permissions for user \"{call.Arguments[0]}\" in vhost \"{call.VirtualHost}\" ...");
        await CheckUserAsync(call);
        await CheckVirtualHostAsync(call);
        var answer = await call.Client.DeleteAsync(ControlClient.Path("permissions", call.VirtualHost, call.Arguments[0]));
        // What is not there is cleared.
        if (!answer.IsNotFound) answer.Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ListAsync(Invocation call)
    {
        call.Banner($"Listing permissions for vhost \"{call.VirtualHost}\" ...");
        return await ListOfVirtualHostAsync(call, "permissions");
    }

    private static async Task<CommandResult> SetTopicAsync(Invocation call)
    {
        var (user, exchange) = (call.Arguments[0], call.Arguments[1]);
        call.Banner($"Setting topic permissions on \"{exchange}\" for user \"{user}\" in vhost \"{call.VirtualHost}\" ...");
        await CheckUserAsync(call);
        var permission = new JsonObject { ["exchange"] = exchange, ["write"] = call.Arguments[2], ["read"] = call.Arguments[3] };
        await PutAsync(call, "topic-permissions", call.VirtualHost, permission);
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ClearTopicAsync(Invocation call)
    {
        var (user, exchange) = (call.Arguments[0], call.Argument(1));
        call.Banner(exchange.Length == 0
            ? $"Clearing topic permissions for user \"{user}\" in vhost \"{call.VirtualHost}\" ..."
            : $"Clearing topic permissions on \"{exchange}\" for user \"{user}\" in vhost \"{call.VirtualHost}\" ...");
        await CheckUserAsync(call);
        await CheckVirtualHostAsync(call);
        string[] path = ["topic-permissions", call.VirtualHost, user, .. call.Arguments.Skip(1)];
        var answer = await call.Client.DeleteAsync(ControlClient.Path(path));
        if (!answer.IsNotFound) answer.Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ListTopicAsync(Invocation call)
    {
        call.Banner($"Listing topic permissions for vhost \"{call.VirtualHost}\" ...");
        return await ListOfVirtualHostAsync(call, "topic-permissions");
    }

    private static async Task<CommandResult> ListOfVirtualHostAsync(Invocation call, string what)
    {
        var answer = await call.Client.GetAsync(ControlClient.Path("vhosts", call.VirtualHost, what));
        return call.Table(answer.RequireVirtualHost(call.VirtualHost).Items);
    }

    private static async Task<CommandResult> ListOfUserAsync(Invocation call, string what)
    {
        var user = call.Arguments[0];
        call.Banner($"Listing {what.Replace('-', ' ')} for user \"{user}\" ...");
        var answer = await call.Client.GetAsync(ControlClient.Path("users", user, what));
        if (answer.IsNotFound) throw CliException.Unavailable($"{{:no_such_user, \"{user}\"}}");
        return call.Command.Columns!.Table([], answer.Items);
    }

    private static async Task PutAsync(Invocation call, string what, string virtualHost, JsonObject permission)
    {
        var answer = await call.Client.PutAsync(ControlClient.Path(what, virtualHost, call.Arguments[0]), permission);
        // The user is there, so it is the virtual host that is not.
        if (answer.Reason == "vhost_or_user_not_found") throw CliException.Unavailable($"Virtual host {virtualHost} does not exist");
        answer.Require();
    }

    private static async Task CheckUserAsync(Invocation call)
    {
        var user = call.Arguments[0];
        if ((await call.Client.GetAsync(ControlClient.Path("users", user))).IsNotFound)
            throw new CliException(ExitCode.NoUser, $"User {user} does not exist");
    }

    private static async Task CheckVirtualHostAsync(Invocation call)
    {
        if ((await call.Client.GetAsync(ControlClient.Path("vhosts", call.VirtualHost) + "?disable_stats=true")).IsNotFound)
            throw CliException.Unavailable($"Virtual host {call.VirtualHost} does not exist");
    }
}
