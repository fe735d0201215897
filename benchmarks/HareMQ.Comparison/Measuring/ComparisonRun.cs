using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Rows;

namespace HareMQ.Comparison.Measuring;

/// <summary>Measures rows on all sides in turn: warm-up rounds, the rounds that count, and then what needs fresh brokers.</summary>
internal sealed class ComparisonRun(IReadOnlyList<BrokerSource> sources, SampleFile file, Hareperf perf, TextWriter progress)
{
    private const int Failed = -1;

    // The broker frees what the last row held.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private static readonly string[] s_sides = [Sample.A, Sample.B];

    // The first rate of the load steps that was too much.
    private readonly Dictionary<(string Side, int Round), int> _limits = [];

    /// <param name="rows">In the order in which they are measured.</param>
    /// <param name="warmUps">Rounds of all loads that are thrown away.</param>
    /// <param name="rounds">Those that count.</param>
    public void Execute(IReadOnlyList<Row> rows, int warmUps, int rounds)
    {
        file.Remove(rows.Select(row => row.Name).ToHashSet());
        Loads([.. rows.OfType<LoadRow>()], warmUps, rounds);
        foreach (var row in rows.OfType<FreshRow>())
            for (var i = 0; i < sources.Count; i++) Fresh(row, s_sides[i], sources[i]);
    }

    private void Loads(IReadOnlyList<LoadRow> rows, int warmUps, int rounds)
    {
        if (rows.Count == 0) return;
        using var directory = new TemporaryDirectory();
        var brokers = new List<RunningBroker>();
        try
        {
            foreach (var (source, side) in sources.Zip(s_sides))
                brokers.Add(source.Start(Directory.CreateDirectory(Path.Combine(directory.Path, side)).FullName));
            for (var round = 1 - warmUps; round <= rounds; round++)
                foreach (var row in rows)
                    for (var i = 0; i < brokers.Count; i++) Load(row, s_sides[i], sources[i], brokers[i], round);
        }
        finally
        {
            foreach (var broker in brokers) broker.Dispose();
        }
    }

    private void Load(LoadRow row, string side, BrokerSource source, RunningBroker broker, int round)
    {
        if (IsPastItsLimit(row, side, round)) return;
        var result = perf.Run(broker, row.Scenario);
        var sample = new Sample(row.Name, side, round, result.ExitCode, result.Noise, result.Report);
        if (round > 0) file.Add(sample);
        NoteLimit(row, side, round, result);
        Say(sample, row, source, result.Error);
        perf.Interrupt.WaitHandle.WaitOne(s_pause);
    }

    // One rate above what a broker sustains shows where its limit is; more of them would show the same.
    private bool IsPastItsLimit(LoadRow row, string side, int round) =>
        LoadSteps.Offered(row.Name) is { } offered && _limits.TryGetValue((side, round), out var limit) && offered > limit;

    private void NoteLimit(LoadRow row, string side, int round, PerfResult result)
    {
        if (LoadSteps.Offered(row.Name) is { } offered && !LoadSteps.IsSustained(offered, result.Report)) _limits.TryAdd((side, round), offered);
    }

    private void Fresh(FreshRow row, string side, BrokerSource source)
    {
        if (!source.IsOurs)
        {
            progress.WriteLine($"{row.Name}: left out for {source.Label}, which cannot be started afresh");
            return;
        }

        Sample sample;
        var error = "";
        try
        {
            sample = new Sample(row.Name, side, 1, 0, 0, row.Procedure(source, perf));
        }
        catch (ComparisonException e)
        {
            sample = new Sample(row.Name, side, 1, Failed, 0, []);
            error = e.Message;
        }

        file.Add(sample);
        Say(sample, row, source, error);
    }

    private void Say(Sample sample, Row row, BrokerSource source, string error)
    {
        var figures = row.Metrics.Select(metric =>
            $"{metric.Name} {Reporting.Numbers.Short(JsonNumbers.Find(sample.Report, metric.Path))}");
        var round = sample.Round > 0 ? $"round {sample.Round}" : "warm-up";
        var noise = row is LoadRow ? $"  (noise {sample.Noise:0.00})" : "";
        progress.WriteLine($"{round}  {row.Name}  {source.Label}: {string.Join(", ", figures)}{noise}");
        if (!sample.IsGood) progress.WriteLine($"  FAILED with {sample.ExitCode}: {error}");
    }
}
