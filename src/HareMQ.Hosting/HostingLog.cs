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
}
