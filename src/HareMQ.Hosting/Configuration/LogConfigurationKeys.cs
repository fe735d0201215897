namespace HareMQ.Hosting;

/// <summary>The keys of the log, among <see cref="ConfigurationKeys"/>.</summary>
internal static class LogConfigurationKeys
{
    private static readonly (string Word, ConsoleLogFormat Value)[] s_formats =
        [("plaintext", ConsoleLogFormat.PlainText), ("json", ConsoleLogFormat.Json)];

    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.Switch("log.console", (settings, _, on) => settings.Log.Enabled = on),
        ConfigurationKey.Choice("log.console.level", LogLevelName.Configurable, (settings, level) => settings.Log.Level = level),
        ConfigurationKey.Choice("log.console.formatter", s_formats, (settings, format) => settings.Log.Format = format),
        ConfigurationKey.Text("log.dir", (settings, value) => settings.LogFile.Directory = value),
        ConfigurationKey.Text("log.file", (settings, value) => settings.LogFile.Name = value == "false" ? null : value),
        ConfigurationKey.Choice("log.file.level", LogLevelName.Configurable, (settings, level) => settings.LogFile.Log.Level = level),
        ConfigurationKey.Choice("log.file.formatter", s_formats, (settings, format) => settings.LogFile.Log.Format = format),
        ConfigurationKey.Bytes("log.file.rotation.size", OptionRange.ResourceBytes, (settings, bytes) => settings.LogFile.BytesMax = bytes),
        ConfigurationKey.Integer("log.file.rotation.count", OptionRange.LogFiles, (settings, count) => settings.LogFile.Count = count),
        ConfigurationKey.Of("log.file.rotation.date", RotationSchedule.Expected, (string text, out RotationSchedule? schedule) =>
        {
            schedule = null;
            return text.Length == 0 || RotationSchedule.TryParse(text, out schedule);
        }, (settings, _, schedule) => settings.LogFile.Schedule = schedule),
        ConfigurationKey.Switch("log.exchange", (settings, _, on) => settings.LogToExchange = on),
        ConfigurationKey.Choice("log.exchange.level", LogLevelName.Configurable, (settings, level) => settings.LogExchange.Level = level),
        ConfigurationKey.Choice("log.exchange.formatter", s_formats, (settings, format) => settings.LogExchange.Format = format),
        // RabbitMQ's names of categories, and HareMQ's own where RabbitMQ has none.
        Level("log.default.level", ""),
        Level("log.connection.level", "connections"),
        Level("log.queue.level", "queues"),
        Level("log.storage.level", "storage"),
        Level("log.management.level", "management"),
        Level("log.audit.level", "audit"),
    ];

    /// <summary>What a category writes at all, wherever it goes.</summary>
    private static ConfigurationKey Level(string name, string category) =>
        ConfigurationKey.Choice(name, LogLevelName.Configurable, (settings, level) => settings.Log.CategoryLevels[category] = level);
}
