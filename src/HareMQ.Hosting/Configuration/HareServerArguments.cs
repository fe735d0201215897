using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace HareMQ.Hosting;

/// <summary>What the server program was asked for: its command line, over its environment, over its configuration file.</summary>
internal sealed class HareServerArguments
{
    /// <summary>Looked for in this order when no file is named; none need exist.</summary>
    private static readonly string[] s_defaultFiles = ["haremq.conf", "/etc/haremq/haremq.conf"];

    private HareServerArguments(
        ServerCommand command, ServerSettings settings, IReadOnlyList<string> files, IReadOnlyList<Setting> assignments,
        IReadOnlyList<string> warnings)
    {
        Command = command;
        Settings = settings;
        Assignments = assignments;
        Files = files;
        Warnings = warnings;
    }

    public ServerCommand Command { get; }

    public ServerSettings Settings { get; }

    public HareBrokerOptions Broker => Settings.Broker;

    public ConsoleLogOptions Log => Settings.Log;

    /// <summary>Where each setting comes from, in their order: of several for one key the last counts.</summary>
    public IReadOnlyList<Setting> Assignments { get; }

    /// <summary>The configuration files that were read, in their order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What the operator should know although the broker starts; to be logged.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>False: <paramref name="error"/> is one line for the operator, without a line end.</summary>
    public static bool TryParse(
        IReadOnlyList<string> args, [NotNullWhen(true)] out HareServerArguments? arguments, [NotNullWhen(false)] out string? error) =>
        TryParse(args, CurrentEnvironment(), s_defaultFiles, out arguments, out error);

    internal static bool TryParse(
        IReadOnlyList<string> args,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> defaultFiles,
        [NotNullWhen(true)] out HareServerArguments? arguments,
        [NotNullWhen(false)] out string? error)
    {
        arguments = null;
        error = null;
        try
        {
            arguments = Combine(CommandLine.Parse(args), environment, defaultFiles);
            return true;
        }
        catch (Exception e) when (e is ConfigurationException or OptionsValidationException)
        {
            error = e.Message.ReplaceLineEndings(" ");
            return false;
        }
    }

    private static HareServerArguments Combine(
        CommandLine line, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> defaultFiles)
    {
        var settings = new ServerSettings();
        if (line.Command is ServerCommand.Help or ServerCommand.Version) return new HareServerArguments(line.Command, settings, [], [], []);
        var files = FindFile(line, environment, defaultFiles) is { } file ? ConfigurationFile.WithFragments(file) : [];
        Setting[] assignments =
            [.. files.SelectMany(ConfigurationFile.Read), .. EnvironmentSettings.Read(environment), .. line.Settings];
        var warnings = ConfigurationKeys.Apply(settings, assignments);
        settings.Broker.Validate();
        return new HareServerArguments(line.Command, settings, files, assignments, warnings);
    }

    private static string? FindFile(CommandLine line, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> defaultFiles)
    {
        if (line.ConfigFile is not null) return line.ConfigFile;
        if (environment.TryGetValue(EnvironmentSettings.ConfigFileVariable, out var named) && named.Length > 0) return named;
        return defaultFiles.FirstOrDefault(File.Exists);
    }

    private static Dictionary<string, string> CurrentEnvironment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        return environment;
    }
}
