using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>Levels as the log and the configuration spell them.</summary>
internal static class LogLevelName
{
    /// <summary>Those that can be asked for.</summary>
    public static readonly (string Word, LogLevel Level)[] Configurable =
    [
        ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error),
        ("critical", LogLevel.Critical), ("none", LogLevel.None),
    ];

    public static string Of(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        LogLevel.None => "none",
        _ => "critical",
    };

    /// <summary>False: the configuration has no such level.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        level = LogLevel.None;
        foreach (var (word, value) in Configurable)
        {
            if (word != text) continue;
            level = value;
            return true;
        }

        return false;
    }
}
