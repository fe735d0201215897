using System.CommandLine;
using System.Globalization;

namespace HareMQ.Cli;

/// <summary>Options that every command takes, before its name or after it.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string> Node = Text("--node", "NAME", "the node, to make sure that it is the right one", "-n");
    public static readonly Option<string> VirtualHost = Text("--vhost", "NAME", "the virtual host that is meant (default /)", "-p");
    public static readonly Option<bool> Quiet = Flag("--quiet", "no informational lines", "-q");
    public static readonly Option<bool> Silent = Flag("--silent", "no informational lines and no table headers", "-s");
    public static readonly Option<string> Timeout = Text("--timeout", "SECONDS", "how long to wait for the broker, or infinity", "-t");
    public static readonly Option<string> Formatter = Text(
        "--formatter", "FORMAT", "table, pretty_table, csv, json, json_stream or erlang");

    public static readonly Option<bool> NoTableHeaders = Flag("--no-table-headers", "no line with the names of columns");
    public static readonly Option<bool> DryRun = Flag("--dry-run", "check the arguments and do nothing");

    public static readonly Option<string> Socket = Text("--socket", "PATH", "the broker's control socket");
    public static readonly Option<string> DataDirectory = Text("--data-dir", "DIR", "the broker's data directory, in which its socket is");
    public static readonly Option<string> Url = Text("--url", "URL", "the broker's HTTP API instead of its socket", "-U");
    public static readonly Option<string> Username = Text("--username", "NAME", "with --url (default guest)");
    public static readonly Option<string> Password = Text("--password", "TEXT", "with --url; else $HARECTL_PASSWORD, or guest");

    public const string PasswordVariable = "HARECTL_PASSWORD";

    /// <summary>In the order of the help.</summary>
    public static readonly IReadOnlyList<Option> Shown =
    [
        Socket, DataDirectory, Url, Username, Password, Node, VirtualHost, Timeout, Formatter, NoTableHeaders, Quiet, Silent, DryRun,
    ];

    /// <summary>They are about Erlang's distribution, and taken because scripts have them.</summary>
    public static readonly IReadOnlyList<Option> Ignored =
    [
        Flag("--longnames", "", "-l"), Text("--erlang-cookie", "TEXT", ""), Flag("--print-stacktrace", ""),
        Text("--script-name", "NAME", ""),
    ];

    /// <summary>Null: the command's own.</summary>
    /// <exception cref="CliException">It is no number of seconds.</exception>
    public static TimeSpan? ReadTimeout(ParseResult line)
    {
        if (line.GetValue(Timeout) is not { } text) return null;
        if (text == "infinity") return System.Threading.Timeout.InfiniteTimeSpan;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 1_000_000
            ? TimeSpan.FromSeconds(seconds)
            : throw CliException.Usage($"Invalid options for this command:\n--timeout : {text}");
    }

    /// <exception cref="CliException">It is no URL.</exception>
    public static ControlAddress ReadAddress(ParseResult line, IReadOnlyDictionary<string, string> environment)
    {
        if (line.GetValue(Url) is not { } text)
            return ControlAddress.Find(line.GetValue(Socket), line.GetValue(DataDirectory), environment);
        if (!Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw CliException.Usage($"--url {text} is no URL such as http://localhost:15672");
        var password = line.GetValue(Password) ?? environment.GetValueOrDefault(PasswordVariable) ?? "guest";
        return ControlAddress.Of(url, line.GetValue(Username) ?? "guest", password);
    }

    public static Option<string> Text(string name, string argument, string help, params string[] aliases) =>
        new(name, aliases) { HelpName = argument, Description = help, Recursive = true, Arity = ArgumentArity.ExactlyOne };

    public static Option<bool> Flag(string name, string help, params string[] aliases) =>
        new(name, aliases) { Description = help, Recursive = true, Arity = ArgumentArity.Zero };
}
