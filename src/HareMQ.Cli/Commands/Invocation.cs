using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>A command as it was called: its arguments, the broker it goes to, and where it says what it does.</summary>
internal sealed class Invocation : IDisposable
{
    private readonly ParseResult _line;
    private readonly ControlAddress _address;
    private readonly bool _isQuiet;
    private JsonObject? _node;
    private ControlClient? _client;

    public Invocation(CtlCommand command, ParseResult line, IReadOnlyList<string> arguments, Terminal terminal, CancellationToken interrupt)
    {
        _line = line;
        Command = command;
        Arguments = arguments;
        Terminal = terminal;
        Interrupt = interrupt;
        Format = OutputFormats.Parse(line.GetValue(GlobalOptions.Formatter) ?? "table");
        IsSilent = line.GetValue(GlobalOptions.Silent);
        _isQuiet = line.GetValue(GlobalOptions.Quiet) || IsSilent || Format.IsForPrograms();
        Timeout = GlobalOptions.ReadTimeout(line);
        _address = GlobalOptions.ReadAddress(line, terminal.Environment);
    }

    public CtlCommand Command { get; }

    public IReadOnlyList<string> Arguments { get; }

    public Terminal Terminal { get; }

    /// <summary>Somebody pressed Ctrl-C.</summary>
    public CancellationToken Interrupt { get; }

    public OutputFormat Format { get; }

    public bool IsSilent { get; }

    public bool IsQuiet => _isQuiet;

    public bool WithHeaders => !IsSilent && !_line.GetValue(GlobalOptions.NoTableHeaders);

    /// <summary>Null: nobody said.</summary>
    public TimeSpan? Timeout { get; }

    public string VirtualHost => _line.GetValue(GlobalOptions.VirtualHost) ?? "/";

    /// <summary>Commands over all virtual hosts behave otherwise when one is named.</summary>
    public bool NamesVirtualHost => _line.GetResult(GlobalOptions.VirtualHost) is not null;

    public ControlClient Client => _client ??= CreateClient(Timeout ?? TimeSpan.FromSeconds(60));

    public T? Option<T>(Option<T> option) => _line.GetValue(option);

    public string Argument(int index, string otherwise = "") => index < Arguments.Count ? Arguments[index] : otherwise;

    /// <summary>A line that says what is about to be done.</summary>
    public void Banner(string text)
    {
        if (!_isQuiet) Terminal.Output.WriteLine(text);
    }

    /// <summary>One with the node's name in it.</summary>
    public async Task BannerAsync(Func<string, string> text)
    {
        if (!_isQuiet) Terminal.Output.WriteLine(text(await NodeNameAsync()));
    }

    /// <summary>Null: nobody has asked yet.</summary>
    public string? KnownNodeName => _node is null ? null : Json.String(_node, "name");

    public async Task<string> NodeNameAsync() => Json.String(await NodeAsync(), "name");

    /// <summary>The process around the broker, as it was when it was first asked.</summary>
    /// <exception cref="CliException">It is not the node that was named.</exception>
    public async Task<JsonObject> NodeAsync()
    {
        if (_node is not null) return _node;
        var answer = await Client.GetAsync("haremq/node");
        _node = answer.IsNotFound ? await DescribeEmbeddedAsync() : answer.Object;
        CheckNode(Json.String(_node, "name"));
        return _node;
    }

    /// <exception cref="CliException">Another node than the one that was named answers.</exception>
    public Task CheckNodeAsync() => _line.GetResult(GlobalOptions.Node) is null ? Task.CompletedTask : NodeAsync();

    /// <exception cref="CliException">The broker is not in the state that the command needs.</exception>
    public async Task CheckStateAsync()
    {
        if (Command.Needs != BrokerNeed.Stopped || Json.String(await NodeAsync(), "state") == "stopped") return;
        throw CliException.State(
            "this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'harectl stop_app'.");
    }

    /// <summary>For a command that waits longer, or asks again while it waits.</summary>
    public ControlClient CreateClient(TimeSpan timeout) => new(_address, timeout, Interrupt);

    /// <summary>For a command that must find a broker that is about to start: its socket may not be there yet.</summary>
    public ControlClient CreateClientAnew(TimeSpan timeout) =>
        new(GlobalOptions.ReadAddress(_line, Terminal.Environment), timeout, Interrupt);

    /// <summary>Whether the columns exist that were asked for, before anything is printed.</summary>
    /// <exception cref="CliException">One does not.</exception>
    public void CheckColumns() => Command.Columns!.Choose(Arguments);

    public CommandResult.Table Table(IEnumerable<JsonObject> items) => Command.Columns!.Table(Arguments, items);

    /// <summary>The number of an argument or option.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static double Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw CliException.Usage("Bad argument.", ExitCode.Data);

    public void Dispose() => _client?.Dispose();

    /// <summary>A broker inside an application has no process of its own to ask for.</summary>
    private async Task<JsonObject> DescribeEmbeddedAsync()
    {
        var overview = (await Client.GetAsync("overview")).Object;
        return new JsonObject { ["name"] = Json.String(overview, "node"), ["state"] = "running" };
    }

    /// <summary>Scripts name RabbitMQ's default node of a host, which here has another default name.</summary>
    private static bool IsNameOf(string wanted, string name)
    {
        const string RabbitMqDefault = "rabbit";
        var (node, host) = name.Split('@', 2) is [var first, var second] ? (first, second) : (name, "");
        return wanted == name || wanted == node || wanted == RabbitMqDefault || wanted == $"{RabbitMqDefault}@{host}";
    }

    private void CheckNode(string name)
    {
        if (_line.GetValue(GlobalOptions.Node) is not { } wanted) return;
        if (IsNameOf(wanted, name)) return;
        throw CliException.Bare(
            ExitCode.Unavailable,
            $"Error: unable to perform an operation on node '{wanted}': the node that answers is '{name}'.\n"
            + "Name the socket (--socket), the data directory (--data-dir) or the URL (--url) of the other one.");
    }
}
