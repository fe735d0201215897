using System.Runtime.InteropServices;
using HareMQ.Hosting;
using HareMQ.Server;
using Microsoft.Extensions.Logging;

// Read by the first socket of the process (docs/adr/0021-socket-threads.md). Whoever sets it has the last word.
const string inlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(inlineCompletions) is null) Environment.SetEnvironmentVariable(inlineCompletions, "1");

// Exit codes: 0 stopped on request, 1 could not start, 2 wrong arguments or configuration.
if (!HareServerArguments.TryParse(args, out var arguments, out var error))
{
    Console.Error.WriteLine($"haremq: {error}");
    return 2;
}

switch (arguments.Command)
{
    case ServerCommand.Help:
        Console.WriteLine(CommandLine.Help);
        return 0;
    case ServerCommand.Version:
        Console.WriteLine($"HareMQ {HareBroker.Version}");
        return 0;
    case ServerCommand.CheckConfig:
        foreach (var warning in arguments.Warnings) Console.WriteLine($"warning: {warning}");
        Console.WriteLine("configuration is valid");
        return 0;
}

RotatingFile? logFile;
try
{
    logFile = arguments.LogFile.Open(TimeProvider.System);
}
catch (ConfigurationException failure)
{
    Console.Error.WriteLine($"haremq: {failure.Message}");
    return 1;
}

using var loggers = LoggerFactory.Create(logging =>
{
    logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new ConsoleLoggerProvider(arguments.Log, TimeProvider.System));
    if (arguments.Settings.LogToExchange)
    {
        arguments.Broker.LogExchange = new ExchangeLoggerProvider(arguments.Settings.LogExchange, TimeProvider.System);
        logging.AddProvider(arguments.Broker.LogExchange);
    }

    if (logFile is not null) logging.AddProvider(new ConsoleLoggerProvider(arguments.LogFile.Log, TimeProvider.System, logFile));
});
var logger = loggers.CreateLogger("HareMQ.Server");
foreach (var file in arguments.Files) HostingLog.ConfigurationRead(logger, file);
foreach (var warning in arguments.Warnings) HostingLog.ConfigurationWarning(logger, warning);

// Asked for before anything is opened, so that a signal during recovery is not lost.
var stop = new TaskCompletionSource<PosixSignal>(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var serviceManager = ServiceManager.FromEnvironment(logger);

HareNode node;
try
{
    node = await HareNode.StartAsync(arguments, loggers);
}
catch (HareBrokerException failure)
{
    Console.Error.WriteLine($"haremq: {failure.Message}");
    return 1;
}

await using (node)
{
    var reload = new ServerReload(arguments, () => node.Broker, logger);
    using var hangup = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        reload.Run();
    });
    Console.WriteLine("ready");
    serviceManager.Ready();
    await Task.WhenAny(stop.Task, node.ShutdownRequested);
    HostingLog.Stopping(logger, stop.Task.IsCompleted ? (await stop.Task).ToString() : "harectl stop");
    serviceManager.Stopping();
}

return 0;

void Stop(PosixSignalContext signal)
{
    // The runtime would end the process at once.
    signal.Cancel = true;
    stop.TrySetResult(signal.Signal);
}

// ASP.NET's generator would make it public.
internal sealed partial class Program;
