using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace HareMQ.Perf;

/// <summary>Help with examples first and options by what they are about; the library's own is one long list.</summary>
internal sealed class CommandHelp(IReadOnlyList<Scenario> scenarios) : SynchronousCommandLineAction
{
    private const int NameWidth = 31;
    private const int LineWidth = 120;

    public static void Install(RootCommand root, IReadOnlyList<Scenario> scenarios)
    {
        foreach (var option in root.Options.OfType<HelpOption>()) option.Action = new CommandHelp(scenarios);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        var scenario = scenarios.FirstOrDefault(each => each.Name == parseResult.CommandResult.Command.Name);
        if (scenario is null) WriteOverview(output);
        else Write(scenario, output);
        return 0;
    }

    private void WriteOverview(TextWriter output)
    {
        output.WriteLine(
            """
            hareperf: load for brokers that speak AMQP 0-9-1 (HareMQ, RabbitMQ, LavinMQ and others)

            usage: hareperf SCENARIO [options]

            Scenarios:
            """);
        foreach (var scenario in scenarios) output.WriteLine($"  {scenario.Name,-13} {scenario.Summary}");
        output.WriteLine(
            """

            Examples:
              hareperf throughput --uri amqp://guest:guest@localhost:5672/ --duration 30s
              hareperf latency --rate 5000 --persistent
              hareperf verify --publishers 4
              hareperf throughput --help

            Every run counts what it sent and what came back. Exit codes: 0 all accounted for, 1 wrong options, 2 closed by
            the broker, 3 connection lost or no answer, 4 blocked by the broker, 5 counts do not reconcile, 130 interrupted.
            """);
    }

    private static void Write(Scenario scenario, TextWriter output)
    {
        output.WriteLine($"hareperf {scenario.Name}: {scenario.Summary}");
        output.WriteLine();
        output.WriteLine(scenario.Description);
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (var example in scenario.Examples) output.WriteLine($"  hareperf {example}");
        foreach (var group in scenario.Groups)
        {
            output.WriteLine();
            output.WriteLine($"{group.Title}:");
            foreach (var option in group.Options) Write(option, output);
        }
    }

    private static void Write(Option option, TextWriter output)
    {
        var line = $"  {$"{option.Name} {option.HelpName}".TrimEnd(),-NameWidth}";
        foreach (var word in (option.Description ?? "").Split(' '))
        {
            if (line.Length + 1 + word.Length > LineWidth)
            {
                output.WriteLine(line);
                line = new string(' ', NameWidth + 2);
            }

            line += $" {word}";
        }

        output.WriteLine(line);
    }
}
