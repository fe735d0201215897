using System.CommandLine;
using System.Globalization;

namespace HareMQ.Cli;

/// <summary>Commands that end when the broker is ready.</summary>
internal static class WaitCommands
{
    private static readonly Option<string> s_pid = GlobalOptions.Text(
        "--pid", "PID", "the broker's process, instead of a file with it", "-P");

    public static IEnumerable<CtlCommand> All =>
    [
        new("wait", "Nodes", "Waits until the broker of a process is ready")
        {
            Arguments = "[<pid file>]", ArgumentsMax = 1, Options = [s_pid], RunAsync = WaitAsync,
        },
        new("await_startup", "Nodes", "Waits until the broker is ready, five minutes at most") { RunAsync = AwaitStartupAsync },
        new("await_online_nodes", "Cluster", "Waits until the cluster has so many nodes")
        {
            Arguments = "<count>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = AwaitNodesAsync,
        },
    ];

    private static async Task<CommandResult> WaitAsync(Invocation call)
    {
        var (limit, node) = (call.Timeout ?? TimeSpan.FromSeconds(10), "the broker");
        if (call.Option(s_pid) is null && call.Arguments.Count == 0) throw CliException.Usage("No pid or pidfile provided");
        if (call.Option(s_pid) is not null && call.Arguments.Count > 0) throw CliException.Usage("Cannot provide both pid and pidfile");
        int pid;
        if (call.Option(s_pid) is { } text)
        {
            pid = ProcessId.Parse(text);
        }
        else
        {
            call.Banner($"Waiting for pid file '{call.Arguments[0]}' to appear");
            await Waiting.UntilAsync(call, limit, () => Task.FromResult(File.Exists(call.Arguments[0])));
            pid = ProcessId.ReadFile(call.Arguments[0]);
            call.Banner($"pid is {pid.ToString(CultureInfo.InvariantCulture)}");
        }

        call.Banner($"Waiting for {node} to start while OS process '{pid.ToString(CultureInfo.InvariantCulture)}' is running");
        await Waiting.UntilAsync(call, limit, () =>
        {
            if (!ProcessId.IsAlive(pid)) throw CliException.Unavailable("process_not_running");
            return Waiting.IsRunningAsync(call);
        });
        return call.IsQuiet ? CommandResult.Done : CommandResult.Say("The broker is running");
    }

    private static async Task<CommandResult> AwaitStartupAsync(Invocation call)
    {
        await Waiting.UntilAsync(call, call.Timeout ?? TimeSpan.FromSeconds(300), () => Waiting.IsRunningAsync(call));
        return CommandResult.Done;
    }

    private static async Task<CommandResult> AwaitNodesAsync(Invocation call)
    {
        if (!int.TryParse(call.Arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
            throw CliException.BadArgument("target number of nodes must be greater than 0");
        var limit = call.Timeout ?? TimeSpan.FromSeconds(300);
        call.Banner($"Will wait for at least {count.ToString(CultureInfo.InvariantCulture)} nodes to be online. "
            + $"Timeout: {limit.TotalSeconds.ToString(CultureInfo.InvariantCulture)} seconds.");
        await Waiting.UntilAsync(call, limit, () => Waiting.IsRunningAsync(call));
        return count == 1 ? CommandResult.Done : throw CliException.Unavailable(ClusterCommands.NoCluster);
    }
}
