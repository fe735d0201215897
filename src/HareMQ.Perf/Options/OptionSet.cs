using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace HareMQ.Perf;

/// <summary>The options of one scenario: how each is called, read, and noted in <typeparamref name="TOptions"/>.</summary>
/// <param name="create">Gives the options with the scenario's defaults; only what is named on the command line is changed.</param>
internal sealed class OptionSet<TOptions>(Func<TOptions> create)
    where TOptions : CommonOptions
{
    private readonly List<(string Title, Option Option, Action<ParseResult, TOptions> Apply)> _entries = [];

    public IReadOnlyList<OptionGroup> Groups =>
        [.. _entries.GroupBy(entry => entry.Title).Select(group => new OptionGroup(group.Key, [.. group.Select(entry => entry.Option)]))];

    /// <summary>Under which heading the next options come.</summary>
    public string Title { get; set; } = "";

    public TOptions Defaults => create();

    public TOptions Read(ParseResult line)
    {
        var options = create();
        foreach (var (_, option, apply) in _entries)
            if (line.GetResult(option) is not null) apply(line, options);
        return options;
    }

    /// <param name="parse">Throws a <see cref="FormatException"/> whose message is for the user.</param>
    public OptionSet<TOptions> Value<T>(string name, string argument, string help, Func<string, T> parse, Action<TOptions, T> apply)
    {
        var option = new Option<T>(name)
        {
            HelpName = argument,
            Description = help,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => ParseToken(name, result, result.Tokens[0].Value, parse),
        };
        return Add(option, (line, options) => apply(options, line.GetValue(option)!));
    }

    /// <summary>May be given several times.</summary>
    public OptionSet<TOptions> Values<T>(string name, string argument, string help, Func<string, T> parse, Action<TOptions, T[]> apply)
    {
        var option = new Option<T[]>(name)
        {
            HelpName = argument,
            Description = help,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => ParseToken(name, result, token.Value, parse)!)],
        };
        return Add(option, (line, options) => apply(options, line.GetValue(option)!));
    }

    public OptionSet<TOptions> Flag(string name, string help, Action<TOptions> apply)
    {
        var option = new Option<bool>(name) { Description = help };
        return Add(option, (line, options) =>
        {
            if (line.GetValue(option)) apply(options);
        });
    }

    public OptionSet<TOptions> Number(string name, string argument, string help, int min, int max, Action<TOptions, int> apply) =>
        Value(name, argument, help, text => ParseNumber(text, min, max), apply);

    /// <summary>Where the broker is, and what is said about the run.</summary>
    public OptionSet<TOptions> Common()
    {
        Title = "Broker";
        Values("--uri", "URI", "where to connect; several for the nodes of one cluster (default amqp://guest:guest@localhost:5672/)",
            BrokerAddress.Parse, (options, value) => options.Addresses = value);
        Value("--timeout", "TIME", "how long to wait for an answer, or for a run that stands still (default 30s)",
            Durations.Parse, (options, value) => options.Timeout = value);
        Number("--pid", "PID", "the broker's process on this machine: report its CPU time and memory", 1, int.MaxValue,
            (options, value) => options.Pid = value);
        Title = "Report";
        Value("--json", "FILE", "write the report as JSON as well; - for standard output, instead of the text",
            text => text, (options, value) => options.Json = value);
        return Flag("--quiet", "no line a second while the run goes on", options => options.Quiet = true);
    }

    private static T? ParseToken<T>(string name, ArgumentResult result, string token, Func<string, T> parse)
    {
        try
        {
            return parse(token);
        }
        catch (FormatException e)
        {
            result.AddError($"{name}: {e.Message}");
            return default;
        }
    }

    private static int ParseNumber(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"'{text}' is not a number from {min}{(max == int.MaxValue ? "" : $" to {max}")}");

    private OptionSet<TOptions> Add(Option option, Action<ParseResult, TOptions> apply)
    {
        _entries.Add((Title, option, apply));
        return this;
    }
}
