using System.CommandLine;

namespace HareMQ.Perf;

/// <summary>A kind of run with a name, defaults and options of its own.</summary>
internal abstract class Scenario
{
    public abstract string Name { get; }

    /// <summary>One line for the list of scenarios.</summary>
    public abstract string Summary { get; }

    /// <summary>What is measured and how to read it, for the scenario's own help.</summary>
    public abstract string Description { get; }

    /// <summary>Command lines without the program's name.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    public abstract IReadOnlyList<OptionGroup> Groups { get; }

    /// <summary>Reads what every scenario can be told.</summary>
    public abstract CommonOptions ReadCommon(ParseResult line);

    /// <exception cref="PerfException">The run could not be made, or ended before its end.</exception>
    public abstract Report Run(ParseResult line, RunContext context);
}

/// <inheritdoc/>
internal abstract class Scenario<TOptions> : Scenario
    where TOptions : CommonOptions
{
    private OptionSet<TOptions>? _options;

    public sealed override IReadOnlyList<OptionGroup> Groups => Options.Groups;

    private OptionSet<TOptions> Options => _options ??= Define(new OptionSet<TOptions>(CreateDefaults)).Common();

    public sealed override CommonOptions ReadCommon(ParseResult line) => Options.Read(line);

    public sealed override Report Run(ParseResult line, RunContext context) => Run(Options.Read(line), context);

    protected abstract TOptions CreateDefaults();

    protected abstract OptionSet<TOptions> Define(OptionSet<TOptions> options);

    protected abstract Report Run(TOptions options, RunContext context);
}
