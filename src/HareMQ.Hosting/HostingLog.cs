using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>What the composition logs: ids 0xxx.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Information, "HareMQ {Version} started, data in {Directory}")]
    public static partial void Started(ILogger logger, string version, string directory);

    [LoggerMessage(2, LogLevel.Information, "HareMQ stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(ILogger logger, string warning);

    [LoggerMessage(4, LogLevel.Information, "Configuration read from {File}")]
    public static partial void ConfigurationRead(ILogger logger, string file);

    [LoggerMessage(5, LogLevel.Information, "Stopping: {Signal} received")]
    public static partial void Stopping(ILogger logger, string signal);

    [LoggerMessage(6, LogLevel.Warning, "Log level changed to {Level}")]
    public static partial void LogLevelChanged(ILogger logger, string level);

    [LoggerMessage(10, LogLevel.Information, "Configuration read again; in force now: {Keys}")]
    public static partial void Reloaded(ILogger logger, string keys);

    [LoggerMessage(11, LogLevel.Warning, "Configuration read again; these wait for a restart: {Keys}")]
    public static partial void ReloadNeedsRestart(ILogger logger, string keys);

    [LoggerMessage(12, LogLevel.Information, "Configuration read again; nothing has changed")]
    public static partial void ReloadedUnchanged(ILogger logger);

    [LoggerMessage(13, LogLevel.Error, "Configuration not read again, all stays as it is: {Reason}")]
    public static partial void ReloadFailed(ILogger logger, string reason);
}
