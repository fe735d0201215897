using System.CommandLine;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class UserCommands
{
    private const string Group = "Users";

    private static readonly Option<bool> s_preHashed = GlobalOptions.Flag(
        "--pre-hashed-password", "the password is a salted hash in base64, as hash_password prints it");

    private static readonly ColumnSet s_users = new(
        [Column.Field("user", "name"), new Column("tags", json => json["tags"], AreSymbols: true)], "user", "tags");

    public static IEnumerable<CtlCommand> All =>
    [
        new("add_user", Group, "Creates a user, who may enter no virtual host yet")
        {
            Arguments = "<username> [<password>]", ArgumentsMin = 1, ArgumentsMax = 2, Options = [s_preHashed], RunAsync = AddAsync,
        },
        new("delete_user", Group, "Deletes a user and closes the user's connections")
        {
            Arguments = "<username>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.Users, RunAsync = DeleteAsync,
        },
        new("change_password", Group, "Changes a user's password")
        {
            Arguments = "<username> [<password>]", ArgumentsMin = 1, ArgumentsMax = 2, Options = [s_preHashed],
            Completes = Completing.Users, RunAsync = ChangePasswordAsync,
        },
        new("clear_password", Group, "Takes a user's password away: nobody can log in with one")
        {
            Arguments = "<username>", ArgumentsMin = 1, ArgumentsMax = 1, Completes = Completing.Users, RunAsync = ClearPasswordAsync,
        },
        new("authenticate_user", Group, "Tries whether a user could log in with a password")
        {
            Arguments = "<username> [<password>]", ArgumentsMin = 1, ArgumentsMax = 2, Completes = Completing.Users,
            RunAsync = AuthenticateAsync,
        },
        new("hash_password", Group, "Prints the salted hash of a password")
        {
            Arguments = "[<password>]", ArgumentsMax = 1, RunAsync = HashAsync,
        },
        new("list_users", Group, "Lists users and their tags") { Columns = s_users, RunAsync = ListAsync },
        new("set_user_tags", Group, "Sets the tags of a user; none clears them")
        {
            Arguments = "<username> [<tag> ...]", ArgumentsMin = 1, ArgumentsMax = int.MaxValue, Completes = Completing.Users,
            RunAsync = SetTagsAsync,
        },
    ];

    /// <summary>What the broker knows of a user.</summary>
    /// <exception cref="CliException">There is no such one.</exception>
    public static async Task<JsonObject> GetAsync(Invocation call, string user)
    {
        var answer = await call.Client.GetAsync(PathOf(user));
        return answer.IsNotFound ? throw CliException.NoUser(user) : answer.Object;
    }

    private static string PathOf(string user) => ControlClient.Path("users", user);

    private static async Task<CommandResult> AddAsync(Invocation call)
    {
        var user = call.Arguments[0];
        call.Banner($"Adding user \"{user}\" ...");
        var password = ReadPassword(call);
        if ((await call.Client.GetAsync(PathOf(user))).Succeeded)
            throw new CliException(ExitCode.Software, $"User \"{user}\" already exists");
        await PutAsync(call, user, password, new JsonArray());
        const string Message = "Done. Don't forget to grant the user permissions to some virtual hosts! "
            + "See 'harectl help set_permissions' to learn more.";
        if (!call.Format.IsJson()) return call.IsQuiet ? CommandResult.Done : CommandResult.Say(Message);
        var document = new JsonObject { ["message"] = Message, ["node"] = await call.NodeNameAsync(), ["status"] = "ok" };
        return new CommandResult.Report([], document);
    }

    private static async Task<CommandResult> DeleteAsync(Invocation call)
    {
        var user = call.Arguments[0];
        call.Banner($"Deleting user \"{user}\" ...");
        var answer = await call.Client.DeleteAsync(PathOf(user));
        if (answer.IsNotFound) throw CliException.NoUser(user);
        answer.Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ChangePasswordAsync(Invocation call)
    {
        var user = call.Arguments[0];
        call.Banner($"Changing password for user \"{user}\" ...");
        var known = await GetAsync(call, user);
        await PutAsync(call, user, ReadPassword(call), known["tags"]!.DeepClone());
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ClearPasswordAsync(Invocation call)
    {
        var user = call.Arguments[0];
        call.Banner($"Clearing password for user \"{user}\" ...");
        var known = await GetAsync(call, user);
        (await call.Client.PutAsync(PathOf(user), new JsonObject { ["tags"] = known["tags"]!.DeepClone() })).Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> AuthenticateAsync(Invocation call)
    {
        var user = call.Arguments[0];
        call.Banner($"Authenticating user \"{user}\" ...");
        var body = new JsonObject { ["username"] = user, ["password"] = ReadPassword(call) };
        var answer = (await call.Client.PostAsync("haremq/authenticate", body)).Object;
        return Json.Flag(answer, "authenticated")
            ? CommandResult.Say("Success")
            : throw new CliException(ExitCode.Data, $"Error: failed to authenticate user \"{user}\"\nuser '{user}' - invalid credentials");
    }

    private static async Task<CommandResult> HashAsync(Invocation call)
    {
        call.Banner("Will hash password with the broker's hashing algorithm");
        var answer = await call.Client.GetAsync(ControlClient.Path("auth", "hash_password", ReadPassword(call, index: 0)));
        return CommandResult.Say(Json.String(answer.Object, "ok"));
    }

    private static async Task<CommandResult> ListAsync(Invocation call)
    {
        call.Banner("Listing users ...");
        return call.Table((await call.Client.GetAsync("users")).Items);
    }

    private static async Task<CommandResult> SetTagsAsync(Invocation call)
    {
        var user = call.Arguments[0];
        string[] tags = [.. call.Arguments.Skip(1).SelectMany(one => one.Split(',', StringSplitOptions.RemoveEmptyEntries))];
        call.Banner($"Setting tags for user \"{user}\" to [{string.Join(", ", tags)}] ...");
        var known = await GetAsync(call, user);
        var body = new JsonObject { ["tags"] = Json.Array(tags) };
        if (Json.String(known, "password_hash") is { Length: > 0 } hash)
        {
            body["password_hash"] = hash;
            body["hashing_algorithm"] = Json.String(known, "hashing_algorithm");
        }

        (await call.Client.PutAsync(PathOf(user), body)).Require();
        return CommandResult.Done;
    }

    private static async Task PutAsync(Invocation call, string user, string password, JsonNode tags)
    {
        var body = new JsonObject { ["tags"] = tags };
        // An empty one is none: nobody can log in with it.
        if (password.Length > 0) body[call.Option(s_preHashed) ? "password_hash" : "password"] = password;
        (await call.Client.PutAsync(PathOf(user), body)).Require();
    }

    /// <summary>The argument, or a line of the input: arguments are seen by everybody who lists processes.</summary>
    private static string ReadPassword(Invocation call, int index = 1)
    {
        if (call.Arguments.Count > index) return call.Arguments[index];
        if (call.Terminal.IsInteractive) call.Terminal.Error.Write("Password: ");
        return call.Terminal.Input.ReadLine() ?? throw CliException.Usage("Password is not provided via argument or stdin");
    }
}
