using HareMQ.Broker;

namespace HareMQ.Cli;

/// <summary>All commands.</summary>
internal static class CommandTable
{
    public static readonly IReadOnlyList<CtlCommand> All =
    [
        .. HelpCommands.All, .. NodeCommands.All, .. MaintenanceCommands.All, .. WaitCommands.All, .. ClusterCommands.All, .. UserCommands.All,
        .. PermissionCommands.All, .. VirtualHostCommands.All, .. LimitCommands.All, .. StatusCommands.All, .. QueueCommands.All,
        .. ObjectCommands.All, .. CheckCommands.All, .. DiagnosticCommands.All, .. PolicyCommands.All, .. ParameterCommands.All,
        .. DefinitionCommands.All, .. ConnectionCommands.All, .. LoginCommands.All, .. PluginCommands.All, .. RefusedCommands.All,
    ];

    public static CtlCommand? Find(string name) => All.FirstOrDefault(command => command.Name == name);

    public static CliException Unknown(string name)
    {
        // RabbitMQ's tools forgive a dash for an underscore when they guess.
        var nearest = NearestName.Find(name.Replace('-', '_'), All.Select(command => command.Name));
        var advice = nearest is null ? "'harectl help' lists the commands" : $"Did you mean '{nearest}'?";
        return CliException.Bare(ExitCode.Usage, $"\nCommand '{name}' not found. \n{advice}\n");
    }
}
