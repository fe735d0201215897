using System.CommandLine;
using System.CommandLine.Invocation;

namespace HareMQ.Perf;

/// <summary>The program but for its process: reads a command line, runs the scenario, shows what it found.</summary>
internal sealed class PerfCommand(TextWriter output, TextWriter error, Func<Stream> openOutput)
{
    private readonly IReadOnlyList<Scenario> _scenarios =
    [
        new ThroughputScenario(), new LatencyScenario(), new FanoutScenario(), new TopicScenario(), new BacklogScenario(),
        new VerifyScenario(), new ChurnScenario(), new ConnectionsScenario(), new QueuesScenario(),
    ];

    /// <summary>Returns the exit code. Never throws for what a user or a broker may do.</summary>
    public int Run(IReadOnlyList<string> args, CancellationToken interrupt)
    {
        var root = CreateRoot(interrupt);
        var line = root.Parse(args);
        // Of an unknown scenario the options are unknown too; only the name is worth a message.
        if (line.Errors.Count > 0 && line.CommandResult.Command == root) line = root.Parse(args.Take(1).ToArray());
        // The library would print the help as well, and the message would be out of sight.
        if (line.Action is ParseErrorAction failure) failure.ShowHelp = false;
        return line.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
    }

    private RootCommand CreateRoot(CancellationToken interrupt)
    {
        var root = new RootCommand("Load for brokers that speak AMQP 0-9-1.");
        foreach (var scenario in _scenarios)
        {
            var command = new Command(scenario.Name, scenario.Summary);
            foreach (var option in scenario.Groups.SelectMany(group => group.Options)) command.Options.Add(option);
            command.SetAction(line => (int)Run(scenario, line, interrupt));
            root.Subcommands.Add(command);
        }

        CommandHelp.Install(root, _scenarios);
        return root;
    }

    private ExitCode Run(Scenario scenario, ParseResult line, CancellationToken interrupt)
    {
        var common = scenario.ReadCommon(line);
        var context = new RunContext(new Progress(common.Quiet ? null : error), interrupt);
        try
        {
            var report = scenario.Run(line, context);
            Show(report, common.Json);
            return report.ExitCode;
        }
        catch (PerfException e)
        {
            error.WriteLine($"hareperf: {e.Message}");
            return e.Code;
        }
    }

    private void Show(Report report, string? json)
    {
        if (json == "-")
        {
            using var stream = openOutput();
            JsonReport.Write(report, stream);
        }
        else
        {
            TextReport.Write(report, output);
            if (json is not null) WriteFile(report, json);
        }

        if (!report.IsReconciled) error.WriteLine("hareperf: counts do not reconcile");
    }

    private static void WriteFile(Report report, string path)
    {
        try
        {
            using var file = File.Create(path);
            JsonReport.Write(report, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PerfException.Usage($"--json {path}: {e.Message}");
        }
    }
}
