namespace HareMQ.Perf;

/// <summary>What a run found, in the order in which it is shown.</summary>
internal sealed class Report(string scenario, string setting)
{
    public string Scenario { get; } = scenario;

    /// <summary>The load in words.</summary>
    public string Setting { get; } = setting;

    public List<Figure> Figures { get; } = [];

    public List<StepFigure> Steps { get; } = [];

    public List<LatencyFigure> Latencies { get; } = [];

    public List<Check> Checks { get; } = [];

    /// <summary>What the reader should know about the figures.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Ended by the user before its time.</summary>
    public bool IsInterrupted { get; set; }

    public bool IsReconciled => Checks.All(check => check.Holds);

    public ExitCode ExitCode => !IsReconciled ? ExitCode.NotReconciled : IsInterrupted ? ExitCode.Interrupted : ExitCode.Success;

    public void Add(string name, double value) => Figures.Add(new Figure(name, value));

    public void Expect(string name, long actual, long expected) => Checks.Add(new Check(name, actual, expected));

    public void AddLatency(string name, Histogram histogram)
    {
        if (histogram.Count > 0) Latencies.Add(new LatencyFigure(name, histogram));
    }
}
