using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using HareMQ.Hosting;

namespace HareMQ.Cli;

/// <summary>The broker's process: stopping, starting, emptying it, and changing how it runs.</summary>
internal static class NodeCommands
{
    private const string Group = "Nodes";
    private const string Configuration = "Configuration";

    private static readonly Option<bool> s_noWait = GlobalOptions.Flag("--no-wait", "do not wait for the end of the process");

    public static IEnumerable<CtlCommand> All =>
    [
        new("stop_app", Group, "Stops the broker: clients and listeners are closed; the process stays, for start_app")
        {
            RunAsync = call => LifecycleAsync(call, "stop_app", node => $"Stopping rabbit application on node {node} ..."),
        },
        new("start_app", Group, "Starts the broker after stop_app")
        {
            RunAsync = call => LifecycleAsync(call, "start_app", node => $"Starting node {node} ..."),
        },
        new("reset", Group, "Deletes all definitions and messages of a broker that was stopped with stop_app")
        {
            Needs = BrokerNeed.Stopped, RunAsync = call => LifecycleAsync(call, "reset", node => $"Resetting node {node} ..."),
        },
        new("force_reset", Group, "The same as reset: a broker by itself has nobody to take leave of")
        {
            Needs = BrokerNeed.Stopped, RunAsync = call => LifecycleAsync(call, "reset", node => $"Forcefully resetting node {node} ..."),
        },
        new("stop", Group, "Stops the broker and its process")
        {
            Arguments = "[<pid file>]", ArgumentsMax = 1, RunAsync = StopAsync,
        },
        new("shutdown", Group, "Stops the broker and its process, and waits until it has ended")
        {
            Options = [s_noWait], RunAsync = ShutdownAsync,
        },
        new("set_log_level", Configuration, "Changes what is logged, until the process ends")
        {
            Arguments = "<debug | info | warning | error | critical | none>", ArgumentsMin = 1, ArgumentsMax = 1,
            RunAsync = SetLogLevelAsync,
        },
        new("set_vm_memory_high_watermark", Configuration, "Changes the memory above which publishers are blocked, until the broker stops")
        {
            Arguments = "<fraction> | absolute <size>", ArgumentsMin = 1, ArgumentsMax = 2, RunAsync = SetMemoryAsync,
        },
        new("set_disk_free_limit", Configuration, "Changes the free disk space below which publishers are blocked, until the broker stops")
        {
            Arguments = "<size> | mem_relative <fraction>", ArgumentsMin = 1, ArgumentsMax = 2, RunAsync = SetDiskAsync,
        },
        new("environment", Configuration, "Shows the configuration in effect, secrets masked, and where each setting was made")
        {
            Columns = new ColumnSet(Column.Fields("key", "value", "source"), "key", "value", "source"), RunAsync = EnvironmentAsync,
        },
        new("force_gc", "Operations", "Collects garbage and gives memory back to the system") { RunAsync = CollectAsync },
    ];

    /// <summary>What ends or starts takes as long as it takes: open files are written, a store is recovered.</summary>
    private static async Task<CommandResult> LifecycleAsync(Invocation call, string action, Func<string, string> banner)
    {
        await call.BannerAsync(banner);
        await SendAsync(call, action);
        return CommandResult.Done;
    }

    private static async Task SendAsync(Invocation call, string action)
    {
        using var client = call.CreateClient(call.Timeout ?? Timeout.InfiniteTimeSpan);
        var answer = await client.PostAsync($"haremq/node/{action}");
        if (answer.IsNotFound)
        {
            throw CliException.Unavailable(
                $"{call.Command.Name} is done over the control socket only: run harectl on the broker's machine");
        }

        if (!answer.Succeeded) throw new CliException(ExitCode.Software, answer.Reason);
    }

    private static async Task<CommandResult> StopAsync(Invocation call)
    {
        var pid = call.Arguments.Count == 0 ? 0 : ProcessId.ReadFile(call.Arguments[0]);
        await call.BannerAsync(node => $"Stopping and halting node {node} ...");
        await SendAsync(call, "stop");
        if (pid > 0) await WaitForEndAsync(call, pid);
        return CommandResult.Done;
    }

    private static async Task<CommandResult> ShutdownAsync(Invocation call)
    {
        var pid = (int)Json.Number(await call.NodeAsync(), "os_pid");
        await call.BannerAsync(node => $"Shutting down HareMQ node {node} running at PID {pid.ToString(CultureInfo.InvariantCulture)}");
        await SendAsync(call, "stop");
        if (call.Option(s_noWait)) return CommandResult.Done;
        await WaitForEndAsync(call, pid);
        return call.IsQuiet ? CommandResult.Done : CommandResult.Say("HareMQ process is gone");
    }

    private static async Task WaitForEndAsync(Invocation call, int pid)
    {
        call.Banner($"Waiting for PID {pid.ToString(CultureInfo.InvariantCulture)} to terminate");
        await Waiting.UntilAsync(call, call.Timeout ?? Timeout.InfiniteTimeSpan, () => Task.FromResult(!ProcessId.IsAlive(pid)));
    }

    private static async Task<CommandResult> SetLogLevelAsync(Invocation call)
    {
        call.Banner($"Setting log level to \"{call.Arguments[0]}\" ...");
        (await call.Client.PutAsync("haremq/log-level", new JsonObject { ["level"] = call.Arguments[0] })).Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> SetMemoryAsync(Invocation call)
    {
        var body = call.Arguments switch
        {
            ["absolute", var size] => new JsonObject { ["absolute"] = Size(size) },
            [var share] => new JsonObject { ["relative"] = Share(share, 1) },
            _ => throw CliException.Usage("too many arguments."),
        };
        var shown = call.Arguments.Count == 1 ? call.Arguments[0] : $"{call.Arguments[1]} bytes";
        await call.BannerAsync(node => $"Setting memory threshold on {node} to {shown} ...");
        (await call.Client.PutAsync("haremq/memory-watermark", body)).Require();
        return CommandResult.Done;
    }

    private static async Task<CommandResult> SetDiskAsync(Invocation call)
    {
        var body = call.Arguments switch
        {
            ["mem_relative", var share] => new JsonObject { ["relative"] = Share(share, 1000) },
            [var size] => new JsonObject { ["absolute"] = Size(size) },
            _ => throw CliException.Usage("too many arguments."),
        };
        var shown = call.Arguments.Count == 1 ? $"{call.Arguments[0]} bytes" : $"{call.Arguments[1]} times the total RAM";
        await call.BannerAsync(node => $"Setting disk free limit on {node} to {shown} ...");
        (await call.Client.PutAsync("haremq/disk-free-limit", body)).Require();
        return CommandResult.Done;
    }

    private static long Size(string text) =>
        ByteSize.TryParse(text, out var bytes) ? bytes : throw CliException.Usage("Bad argument.", ExitCode.Data);

    private static double Share(string text, double max) =>
        Invocation.Number(text) is var share && share <= max
            ? share
            : throw CliException.Usage($"Bad argument: {text} is above {max.ToString(CultureInfo.InvariantCulture)}", ExitCode.Data);

    private static async Task<CommandResult> EnvironmentAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Application environment of node {node} ...");
        var settings = (await call.Client.GetAsync("haremq/environment")).Items.ToArray();
        if (call.Format != OutputFormat.Table) return call.Table(settings);
        var lines = settings.Select(setting => Json.String(setting, "source") is { Length: > 0 } source
            ? $"{Json.String(setting, "key")} = {Json.String(setting, "value")}  # {source}"
            : $"{Json.String(setting, "key")} = {Json.String(setting, "value")}");
        return new CommandResult.Report([.. lines], new JsonObject());
    }

    private static async Task<CommandResult> CollectAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Will collect garbage on node {node}");
        (await call.Client.PostAsync("haremq/gc")).Require();
        return CommandResult.Done;
    }
}
