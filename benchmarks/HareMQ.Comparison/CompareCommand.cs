using System.CommandLine;
using System.Text.RegularExpressions;
using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Measuring;
using HareMQ.Comparison.Plots;
using HareMQ.Comparison.Reporting;
using HareMQ.Comparison.Rows;

namespace HareMQ.Comparison;

/// <summary>Measures HareMQ beside RabbitMQ, or any two brokers, and writes table and plots.</summary>
internal static class CompareCommand
{
    private const string Document = "docs/performance.md";
    private const string Images = "docs/images";
    private const string Section = "comparison";

    public static RootCommand Create(CancellationToken interrupt)
    {
        var rows = new Option<string>("--rows") { Description = "only rows that match this regular expression; the others stay as they were measured before", DefaultValueFactory = _ => "." };
        var rounds = new Option<int>("--rounds") { Description = "rounds that count; 0 renders what was measured before", DefaultValueFactory = _ => 3 };
        var warmUps = new Option<int>("--warmup-rounds") { Description = "rounds before them that are thrown away", DefaultValueFactory = _ => 1 };
        var seconds = new Option<double>("--seconds") { Description = "of each row in each round", DefaultValueFactory = _ => 3 };
        var backlog = new Option<int>("--backlog") { Description = "messages that the con- rows consume", DefaultValueFactory = _ => 400_000 };
        var server = new Option<string>("--server") { Description = "a published haremq instead of the built one", DefaultValueFactory = _ => BuiltFiles.Server };
        var uriA = new Option<string?>("--uri-a") { Description = "measure this running broker instead of HareMQ; needs --pid-a" };
        var pidA = new Option<int?>("--pid-a") { Description = "its process on this machine" };
        var labelA = new Option<string>("--label-a") { Description = "its name in the table", DefaultValueFactory = _ => "HareMQ" };
        var uriB = new Option<string?>("--uri-b") { Description = "measure this running broker instead of RabbitMQ; needs --pid-b" };
        var pidB = new Option<int?>("--pid-b") { Description = "its process on this machine" };
        var labelB = new Option<string>("--label-b") { Description = "its name in the table", DefaultValueFactory = _ => "RabbitMQ" };
        var output = new Option<string>("--output") { Description = "directory of the raw figures", DefaultValueFactory = _ => BuiltFiles.Results };
        var write = new Option<bool>("--write") { Description = $"write the table into {Document} and the plots into {Images}, instead of printing the table" };
        var root = new RootCommand("Measures HareMQ and rabbitmq-server, or any two brokers, in turn, row by row.")
        {
            rows, rounds, warmUps, seconds, backlog, server, uriA, pidA, labelA, uriB, pidB, labelB, output, write,
        };
        root.SetAction(line =>
        {
            var sources = new List<BrokerSource>
            {
                Foreign(line.GetValue(labelA)!, line.GetValue(uriA), line.GetValue(pidA), "a")
                    ?? new HareMqSource(line.GetValue(labelA)!, line.GetValue(server)!, interrupt),
            };
            var other = Foreign(line.GetValue(labelB)!, line.GetValue(uriB), line.GetValue(pidB), "b")
                ?? (RabbitMqSource.IsInstalled ? new RabbitMqSource(line.GetValue(labelB)!, interrupt) : null);
            if (other is not null) sources.Add(other);
            else Console.Error.WriteLine("rabbitmq-server is not installed, so there is nothing to compare with");

            var wanted = new Regex(line.GetValue(rows)!);
            var file = new SampleFile(line.GetValue(output)!);
            var loads = MatrixRows.Create(line.GetValue(seconds), line.GetValue(backlog));
            var steps = LoadSteps.Create(line.GetValue(seconds));
            if (line.GetValue(rounds) > 0)
            {
                Row[] selected = [.. loads.Concat<Row>(steps).Concat(MemoryRows.All).Where(row => wanted.IsMatch(row.Name))];
                if (selected.Length == 0) throw new ComparisonException($"--rows {wanted}: no row matches");
                new ComparisonRun(sources, file, new Hareperf(interrupt), Console.Error)
                    .Execute(selected, line.GetValue(warmUps), line.GetValue(rounds));
            }

            Show(sources, new SampleSet(file.Samples), loads, steps, line.GetValue(write));
        });
        return root;
    }

    private static BrokerSource? Foreign(string label, string? uri, int? pid, string side)
    {
        if (uri is null && pid is null) return null;
        return uri is not null && pid is not null
            ? new ForeignSource(label, uri, pid.Value)
            : throw new ComparisonException($"--uri-{side} and --pid-{side} go together");
    }

    private static void Show(
        IReadOnlyList<BrokerSource> sources, SampleSet samples, IReadOnlyList<LoadRow> loads, IReadOnlyList<LoadRow> steps, bool write)
    {
        string[] labels = [.. sources.Select(source => source.Label)];
        var text = string.Join(" and ", sources.Select(source => source.Description)) + ".\n\n"
            + new ComparisonTable(labels, samples).Render(loads, MemoryRows.All);
        if (!write)
        {
            Console.Write(text);
            return;
        }

        if (new LoadPlots(labels, samples).Write(BuiltFiles.InRepository(Images), steps))
        {
            text += $"""

                Load below and above what each broker sustains: {LoadSteps.Description}. A latency counts from when the message was due.

                ![Throughput against load](images/{LoadPlots.ThroughputFile})

                ![Latency against load](images/{LoadPlots.LatencyFile})
                """;
        }

        DocumentSection.Replace(BuiltFiles.InRepository(Document), Section, text);
    }
}
