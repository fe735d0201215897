using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class PolicyCommands
{
    private const string Group = "Policies";

    private static readonly Option<string> s_priority = GlobalOptions.Text(
        "--priority", "NUMBER", "of the policies that match a name the highest counts (default 0)");

    private static readonly Option<string> s_applyTo = GlobalOptions.Text(
        "--apply-to", "WHAT", "all, queues, classic_queues, quorum_queues, streams or exchanges (default all)");

    private static readonly ColumnSet s_columns = new(
        [
            .. Column.Fields("vhost", "name", "pattern", "apply-to"), new Column("definition", json => Json.Quoted(json["definition"])),
            Column.Field("priority"),
        ],
        "vhost", "name", "pattern", "apply-to", "definition", "priority");

    public static IEnumerable<CtlCommand> All =>
    [
        new("set_policy", Group, "Sets optional arguments of all queues and exchanges whose names match a pattern")
        {
            Arguments = "<name> <pattern> <definition>", ArgumentsMin = 3, ArgumentsMax = 3, Options = [s_priority, s_applyTo],
            RunAsync = call => SetAsync(call, "policies", "Setting policy"),
        },
        new("clear_policy", Group, "Deletes a policy")
        {
            Arguments = "<name>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = call => ClearAsync(call, "policies", "policy"),
        },
        new("list_policies", Group, "Lists the policies of a virtual host")
        {
            Columns = s_columns, RunAsync = call => ListAsync(call, "policies", "policies"),
        },
        new("set_operator_policy", Group, "Sets a policy that limits what users' policies and arguments ask for")
        {
            Arguments = "<name> <pattern> <definition>", ArgumentsMin = 3, ArgumentsMax = 3, Options = [s_priority, s_applyTo],
            RunAsync = call => SetAsync(call, "operator-policies", "Setting operator policy override"),
        },
        new("clear_operator_policy", Group, "Deletes an operator policy")
        {
            Arguments = "<name>", ArgumentsMin = 1, ArgumentsMax = 1,
            RunAsync = call => ClearAsync(call, "operator-policies", "operator policy"),
        },
        new("list_operator_policies", Group, "Lists the operator policies of a virtual host")
        {
            Columns = s_columns, RunAsync = call => ListAsync(call, "operator-policies", "operator policy overrides"),
        },
    ];

    private static async Task<CommandResult> SetAsync(Invocation call, string kind, string doing)
    {
        var (name, pattern, definition) = (call.Arguments[0], call.Arguments[1], call.Arguments[2]);
        var priority = call.Option(s_priority) ?? "0";
        if (!int.TryParse(priority, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw CliException.Usage($"Invalid options for this command:\n--priority : {priority}");
        call.Banner($"{doing} \"{name}\" for pattern \"{pattern}\" to \"{definition}\" with priority \"{number}\" "
            + $"for vhost \"{call.VirtualHost}\" ...");
        var body = new JsonObject
        {
            ["pattern"] = pattern,
            ["definition"] = Json.ParseObject(definition),
            ["priority"] = number,
            ["apply-to"] = call.Option(s_applyTo) ?? "all",
        };
        (await call.Client.PutAsync(ControlClient.Path(kind, call.VirtualHost, name), body)).RequireVirtualHost(call.VirtualHost);
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ClearAsync(Invocation call, string kind, string what)
    {
        call.Banner($"Clearing {what} \"{call.Arguments[0]}\" on vhost \"{call.VirtualHost}\" ...");
        return await ParameterCommands.DeleteAsync(call, ControlClient.Path(kind, call.VirtualHost, call.Arguments[0]));
    }

    private static async Task<CommandResult> ListAsync(Invocation call, string kind, string what)
    {
        call.Banner($"Listing {what} for vhost \"{call.VirtualHost}\" ...");
        var answer = await call.Client.GetAsync(ControlClient.Path(kind, call.VirtualHost));
        return call.Table(answer.RequireVirtualHost(call.VirtualHost).Items);
    }
}
