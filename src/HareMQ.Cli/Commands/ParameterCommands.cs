using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class ParameterCommands
{
    private const string Group = "Parameters";

    private static readonly Column s_value = new("value", json => Json.Quoted(json["value"]));

    public static IEnumerable<CtlCommand> All =>
    [
        new("set_parameter", Group, "Sets a parameter of a component")
        {
            Arguments = "<component> <name> <value>", ArgumentsMin = 3, ArgumentsMax = 3, RunAsync = SetAsync,
        },
        new("clear_parameter", Group, "Clears a parameter of a component")
        {
            Arguments = "<component> <name>", ArgumentsMin = 2, ArgumentsMax = 2, RunAsync = ClearAsync,
        },
        new("list_parameters", Group, "Lists the parameters of a virtual host")
        {
            Columns = new ColumnSet([.. Column.Fields("component", "name"), s_value], "component", "name", "value"), RunAsync = ListAsync,
        },
        new("set_global_parameter", Group, "Sets a parameter of the whole broker")
        {
            Arguments = "<name> <value>", ArgumentsMin = 2, ArgumentsMax = 2, RunAsync = SetGlobalAsync,
        },
        new("clear_global_parameter", Group, "Clears a parameter of the whole broker")
        {
            Arguments = "<name>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = ClearGlobalAsync,
        },
        new("list_global_parameters", Group, "Lists the parameters of the whole broker")
        {
            Columns = new ColumnSet([Column.Field("name"), s_value], "name", "value"), RunAsync = ListGlobalAsync,
        },
    ];

    /// <exception cref="CliException">There is no such thing.</exception>
    public static async Task<CommandResult> DeleteAsync(Invocation call, string path)
    {
        var answer = await call.Client.DeleteAsync(path);
        if (answer.IsNotFound) throw CliException.Unavailable("Parameter does not exist");
        answer.Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> SetAsync(Invocation call)
    {
        var (component, name, value) = (call.Arguments[0], call.Arguments[1], call.Arguments[2]);
        call.Banner($"Setting runtime parameter \"{name}\" for component \"{component}\" to \"{value}\" "
            + $"in vhost \"{call.VirtualHost}\" ...");
        var body = new JsonObject { ["value"] = Json.Parse(value) };
        var path = ControlClient.Path("parameters", component, call.VirtualHost, name);
        (await call.Client.PutAsync(path, body)).RequireVirtualHost(call.VirtualHost);
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ClearAsync(Invocation call)
    {
        var (component, name) = (call.Arguments[0], call.Arguments[1]);
        call.Banner($"Clearing runtime parameter \"{name}\" for component \"{component}\" on vhost \"{call.VirtualHost}\" ...");
        return await DeleteAsync(call, ControlClient.Path("parameters", component, call.VirtualHost, name));
    }

    private static async Task<CommandResult> ListAsync(Invocation call)
    {
        call.Banner($"Listing runtime parameters for vhost \"{call.VirtualHost}\" ...");
        (await call.Client.GetAsync(ControlClient.Path("vhosts", call.VirtualHost) + "?disable_stats=true"))
            .RequireVirtualHost(call.VirtualHost);
        var all = (await call.Client.GetAsync("parameters")).Items;
        return call.Table(all.Where(parameter => Json.String(parameter, "vhost") == call.VirtualHost));
    }

    private static async Task<CommandResult> SetGlobalAsync(Invocation call)
    {
        var (name, value) = (call.Arguments[0], call.Arguments[1]);
        call.Banner($"Setting global runtime parameter \"{name}\" to \"{value}\" ...");
        var body = new JsonObject { ["name"] = name, ["value"] = Json.Parse(value) };
        (await call.Client.PutAsync(ControlClient.Path("global-parameters", name), body)).Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ClearGlobalAsync(Invocation call)
    {
        call.Banner($"Clearing global runtime parameter \"{call.Arguments[0]}\" ...");
        return await DeleteAsync(call, ControlClient.Path("global-parameters", call.Arguments[0]));
    }

    private static async Task<CommandResult> ListGlobalAsync(Invocation call)
    {
        call.Banner("Listing global runtime parameters ...");
        return call.Table((await call.Client.GetAsync("global-parameters")).Items);
    }
}
