using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HareMQ.Cli;

/// <summary>
/// rabbitmq-plugins' commands. Features are built in: there is nothing to enable or disable, and asking for one that is there is no error.
/// </summary>
internal static class PluginCommands
{
    private const string Group = "Plugins";

    private static readonly TimeSpan s_regexTimeout = TimeSpan.FromMilliseconds(100);

    private static readonly Option<bool> s_all = GlobalOptions.Flag("--all", "all of them");
    private static readonly Option<bool> s_online = GlobalOptions.Flag(
        "--online", "by a broker that runs: what is built in is there at once");
    private static readonly Option<bool> s_offline = GlobalOptions.Flag(
        "--offline", "without a broker: refused, there is nothing to store");
    private static readonly Option<bool> s_minimal = GlobalOptions.Flag("--minimal", "only the names", "-m");
    private static readonly Option<bool> s_verbose = GlobalOptions.Flag("--verbose", "with descriptions", "-v");

    // All that is there is enabled, explicitly: each restricts the list to itself.
    private static readonly Option<bool> s_enabled = GlobalOptions.Flag("--enabled", "the ones that are running", "-E");
    private static readonly Option<bool> s_implicit = GlobalOptions.Flag("--implicitly-enabled", "the same", "-e");

    public static IEnumerable<CtlCommand> All =>
    [
        new("list", Group, "Lists RabbitMQ's plugins whose features are built in")
        {
            Arguments = "[<pattern>]", ArgumentsMax = 1, Options = [s_verbose, s_minimal, s_enabled, s_implicit],
            Completes = Completing.Plugins, RunAsync = ListAsync,
        },
        new("enable", Group, "Makes sure that plugins' features are built in")
        {
            Arguments = "<plugin> ... | --all", ArgumentsMax = int.MaxValue, Options = [s_all, s_online, s_offline],
            Completes = Completing.Plugins, RunAsync = EnableAsync,
        },
        new("disable", Group, "Refused: what is built in cannot be taken out")
        {
            Arguments = "<plugin> ... | --all", ArgumentsMax = int.MaxValue, Options = [s_all, s_online, s_offline],
            Completes = Completing.Plugins, RunAsync = DisableAsync,
        },
        new("set", Group, "The same as enable: the other plugins stay built in")
        {
            Arguments = "<plugin> ...", ArgumentsMin = 1, ArgumentsMax = int.MaxValue, Options = [s_online, s_offline],
            Completes = Completing.Plugins, RunAsync = EnableAsync,
        },
        new("is_enabled", Group, "Checks that plugins' features are there and running")
        {
            Arguments = "<plugin> ...", ArgumentsMin = 1, ArgumentsMax = int.MaxValue, Completes = Completing.Plugins,
            RunAsync = IsEnabledAsync,
        },
        new("directories", Group, "Says where plugins are: nowhere") { RunAsync = DirectoriesAsync },
    ];

    private static async Task<JsonObject[]> GetAsync(Invocation call) => [.. (await call.Client.GetAsync("haremq/plugins")).Items];

    private static string Name(JsonObject plugin) => Json.String(plugin, "name");

    private static async Task<CommandResult> ListAsync(Invocation call)
    {
        var pattern = call.Argument(0, ".*");
        var regex = Pattern(pattern);
        var node = await call.NodeNameAsync();
        var isMinimal = call.Option(s_minimal);
        if (!isMinimal) call.Banner($"Listing plugins with pattern \"{pattern}\" ...");
        JsonObject[] plugins =
        [
            .. (await GetAsync(call)).Where(plugin => regex.IsMatch(Name(plugin)))
                .Where(plugin => Json.Flag(plugin, "running") || !(call.Option(s_enabled) || call.Option(s_implicit))),
        ];
        var version = Json.String(await call.NodeAsync(), "product_version");
        var lines = new List<string>();
        if (!isMinimal && !call.IsQuiet)
            lines.AddRange([" Configured: E = explicitly enabled; e = implicitly enabled", $" | Status: * = running on {node}", " |/"]);
        var width = plugins.Length == 0 ? 0 : plugins.Max(plugin => Name(plugin).Length);
        foreach (var plugin in plugins)
        {
            var flags = Json.Flag(plugin, "running") ? "[E*]" : "[  ]";
            if (isMinimal) lines.Add(Name(plugin));
            else if (!call.Option(s_verbose)) lines.Add($"{flags} {Name(plugin).PadRight(width)} {version}");
            else
            {
                var description = Json.String(plugin, "description");
                lines.AddRange([$"{flags} {Name(plugin)}", $"     Version:     \t{version}", $"     Description: \t{description}"]);
            }
        }

        return new CommandResult.Report(lines, Document(plugins, version));
    }

    private static JsonObject Document(JsonObject[] plugins, string version) => new()
    {
        ["format"] = "normal",
        ["plugins"] = new JsonArray([.. plugins.Select(plugin => (JsonNode)new JsonObject
        {
            ["name"] = Name(plugin),
            ["enabled"] = Json.Flag(plugin, "running") ? "enabled" : "not_enabled",
            ["running"] = Json.Flag(plugin, "running"),
            ["running_version"] = Json.Flag(plugin, "running") ? version : null,
            ["version"] = version,
        })]),
    };

    private static Regex Pattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, s_regexTimeout);
        }
        catch (ArgumentException error)
        {
            throw CliException.BadArgument($"{pattern} is not a regular expression: {error.Message}");
        }
    }

    private static async Task<CommandResult> EnableAsync(Invocation call)
    {
        var (plugins, wanted) = await ChooseAsync(call);
        await call.BannerAsync(node => $"Enabling plugins on node {node}:");
        foreach (var name in wanted) call.Banner(name);
        string[] missing = [.. wanted.Where(name => plugins.All(plugin => Name(plugin) != name))];
        if (missing.Length > 0)
        {
            throw new CliException(
                ExitCode.Software,
                $"{{:plugins_not_found, [{string.Join(", ", missing.Select(name => $":{name}"))}]}}\n"
                + "HareMQ takes no plugins, and these are not built in; 'harectl list' shows those that are.");
        }

        call.Banner("The following plugins have been configured:");
        foreach (var plugin in plugins) call.Banner($"  {Name(plugin)}");
        await call.BannerAsync(node => $"Applying plugin configuration to {node}...");
        string[] idle = [.. plugins.Where(plugin => wanted.Contains(Name(plugin)) && !Json.Flag(plugin, "running")).Select(Name)];
        return idle.Length == 0
            ? CommandResult.Say("Plugin configuration unchanged.")
            : throw CliException.Unavailable(
                $"{string.Join(", ", idle)}: built in, but switched off by the configuration; 'harectl environment' shows it");
    }

    private static async Task<CommandResult> DisableAsync(Invocation call)
    {
        var (plugins, wanted) = await ChooseAsync(call);
        await call.BannerAsync(node => $"Disabling plugins on node {node}:");
        foreach (var name in wanted) call.Banner(name);
        string[] builtIn = [.. wanted.Where(name => plugins.Any(plugin => Name(plugin) == name && Json.Flag(plugin, "running")))];
        return builtIn.Length == 0
            ? CommandResult.Say("Plugin configuration unchanged.")
            : throw CliException.Unavailable(
                $"{string.Join(", ", builtIn)}: built in, and cannot be disabled. "
                + "The HTTP API is switched off by management.tcp.port = none.");
    }

    private static async Task<(JsonObject[] Plugins, string[] Wanted)> ChooseAsync(Invocation call)
    {
        if (call.Option(s_offline))
            throw CliException.Usage("--offline: plugins are built in, there is nothing to change while the broker is away");
        // "set" has no --all.
        var all = call.Command.Options.Contains(s_all) && call.Option(s_all);
        if (!all && call.Arguments.Count == 0) throw CliException.Usage("not enough arguments.");
        if (all && call.Arguments.Count > 0) throw CliException.Usage("Cannot set both --all and a list of plugins");
        var plugins = await GetAsync(call);
        return (plugins, all ? [.. plugins.Select(Name)] : [.. call.Arguments]);
    }

    private static async Task<CommandResult> IsEnabledAsync(Invocation call)
    {
        var node = await call.NodeNameAsync();
        var names = string.Join(", ", call.Arguments);
        var (one, are) = call.Arguments.Count == 1 ? ("Plugin", "is") : ("Plugins", "are");
        call.Banner($"Asking node {node} if {one.ToLowerInvariant()} {names} {are} enabled...");
        string[] enabled = [.. (await GetAsync(call)).Where(plugin => Json.Flag(plugin, "running")).Select(Name)];
        string[] missing = [.. call.Arguments.Where(name => !enabled.Contains(name))];
        return missing.Length == 0
            ? CommandResult.Say($"{one} {names} {are} enabled on node {node}")
            : throw CliException.Unavailable(
                $"{(missing.Length == 1 ? "Plugin" : "Plugins")} {string.Join(", ", missing)} "
                + $"{(missing.Length == 1 ? "is" : "are")} not enabled on node {node}. "
                + $"Enabled plugins and dependencies: {string.Join(", ", enabled)}");
    }

    private static async Task<CommandResult> DirectoriesAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Listing plugin directories used by node {node}");
        return CommandResult.Say("HareMQ loads no plugins: their features are built in");
    }
}
