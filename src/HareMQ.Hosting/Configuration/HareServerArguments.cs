using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace HareMQ.Hosting;

/// <summary>What the server program was asked for: its command line, over its environment, over its configuration file.</summary>
internal sealed class HareServerArguments
{
    /// <summary>Looked for in this order when no file is named; none need exist.</summary>
    private static readonly string[] s_defaultFiles = ["haremq.conf", "/etc/haremq/haremq.conf"];

    private readonly CommandLine _line;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly IReadOnlyList<string> _defaultFiles;

    private HareServerArguments(
        CommandLine line, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> defaultFiles, ServerSettings settings,
        IReadOnlyList<string> files, IReadOnlyList<Setting> assignments, IReadOnlyList<string> warnings)
    {
        _line = line;
        _environment = environment;
        _defaultFiles = defaultFiles;
        Command = line.Command;
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

    public LogFileOptions LogFile => Settings.LogFile;

    /// <summary>What each key is set to in the end.</summary>
    public IReadOnlyDictionary<string, string> FinalValues()
    {
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assignment in Assignments) last[assignment.Key] = assignment.Value;
        return last;
    }

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
        CommandLine line;
        try
        {
            line = CommandLine.Parse(args);
        }
        catch (ConfigurationException e)
        {
            (arguments, error) = (null, OneLine(e));
            return false;
        }

        return TryCombine(line, environment, defaultFiles, out arguments, out error);
    }

    /// <summary>The same command line and environment, and the files as they are now.</summary>
    public bool TryReadAgain([NotNullWhen(true)] out HareServerArguments? arguments, [NotNullWhen(false)] out string? error) =>
        TryCombine(_line, _environment, _defaultFiles, out arguments, out error);

    private static bool TryCombine(
        CommandLine line,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> defaultFiles,
        [NotNullWhen(true)] out HareServerArguments? arguments,
        [NotNullWhen(false)] out string? error)
    {
        arguments = null;
        error = null;
        try
        {
            arguments = Combine(line, environment, defaultFiles);
            return true;
        }
        catch (Exception e) when (e is ConfigurationException or OptionsValidationException)
        {
            error = OneLine(e);
            return false;
        }
    }

    private static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ");

    private static HareServerArguments Combine(
        CommandLine line, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> defaultFiles)
    {
        var settings = new ServerSettings();
        if (line.Command is ServerCommand.Help or ServerCommand.Version) return new HareServerArguments(line, environment, defaultFiles, settings, [], [], []);
        var files = FindFile(line, environment, defaultFiles) is { } file ? ConfigurationFile.WithFragments(file) : [];
        var assignments = files.SelectMany(ConfigurationFile.Read).Concat(EnvironmentSettings.Read(environment)).Concat(line.Settings).ToList();
        var warnings = ConfigurationKeys.Apply(settings, assignments);
        settings.Broker.Validate();
        return new HareServerArguments(line, environment, defaultFiles, settings, files, assignments, warnings);
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
