using System.CommandLine;
using System.Text.RegularExpressions;
using HareMQ.Comparison.Measuring;
using HareMQ.Comparison.Reporting;

namespace HareMQ.Comparison.Scale;

/// <summary>Runs HareMQ alone at sizes at which design faults show.</summary>
internal static class ScaleCommand
{
    private const string Document = "docs/performance.md";
    private const string Section = "scale";

    public static Command Create(CancellationToken interrupt)
    {
        var only = new Option<string>("--only") { Description = "only runs whose name matches: messages, queues, connections, large, drain", DefaultValueFactory = _ => "." };
        var messages = new Option<int>("--messages") { Description = "messages of 100 B in one queue", DefaultValueFactory = _ => 100_000_000 };
        var queues = new Option<int>("--queues") { Description = "durable queues", DefaultValueFactory = _ => 50_000 };
        var connections = new Option<int>("--connections") { Description = "connections, as far as open files allow", DefaultValueFactory = _ => 20_000 };
        var large = new Option<int>("--large-mb") { Description = "MiB of the large message, at most 512", DefaultValueFactory = _ => 512 };
        var backlog = new Option<int>("--backlog") { Description = "messages of 1 KB that are drained", DefaultValueFactory = _ => 10_000_000 };
        var rate = new Option<int>("--rate") { Description = "messages per second that are published meanwhile", DefaultValueFactory = _ => 20_000 };
        var server = new Option<string>("--server") { Description = "a published haremq instead of the built one", DefaultValueFactory = _ => BuiltFiles.Server };
        var output = new Option<string>("--output") { Description = "directory of the figures", DefaultValueFactory = _ => BuiltFiles.Results };
        var write = new Option<bool>("--write") { Description = $"write these and the figures of earlier runs into {Document}" };
        var command = new Command("scale", "Runs HareMQ with very many messages, queues and connections, and a very large message.")
        {
            only, messages, queues, connections, large, backlog, rate, server, output, write,
        };
        command.SetAction(line =>
        {
            (string Name, Action<ScaleContext> Run)[] runs =
            [
                ("messages", context => LongQueue.Run(context, line.GetValue(messages))),
                ("queues", context => ManyQueues.Run(context, line.GetValue(queues))),
                ("connections", context => ManyConnections.Run(context, line.GetValue(connections))),
                ("large", context => LargeMessage.Run(context, line.GetValue(large))),
                ("drain", context => DrainBesidePublishing.Run(context, line.GetValue(backlog), line.GetValue(rate))),
            ];
            var wanted = new Regex(line.GetValue(only)!);
            var chosen = runs.Where(run => wanted.IsMatch(run.Name)).ToArray();
            if (chosen.Length == 0) throw new ComparisonException($"--only {wanted}: no run matches");
            var directory = line.GetValue(output)!;
            foreach (var (name, run) in chosen)
            {
                var report = new ScaleReport(Console.Out);
                run(new ScaleContext(line.GetValue(server)!, new Hareperf(interrupt), report));
                report.Save(directory, name);
            }

            if (line.GetValue(write))
                DocumentSection.Replace(BuiltFiles.InRepository(Document), Section, ScaleReport.Render(directory, runs.Select(run => run.Name)));
        });
        return command;
    }
}
