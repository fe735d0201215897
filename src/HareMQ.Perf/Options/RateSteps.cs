using System.Globalization;

namespace HareMQ.Perf;

/// <summary>The argument of <c>--rate</c>: one rate, or several that follow each other.</summary>
internal static class RateSteps
{
    /// <summary>
    /// Reads <c>1000</c>, or <c>1000:10s,5000:30s</c>. A step without a time takes that of the next step that has one: of
    /// <c>1000,5000,20000:30s</c> each lasts 30 s. <c>0</c> alone is no limit (an empty list), among others a pause.
    /// </summary>
    /// <exception cref="FormatException">The message says what is wrong.</exception>
    public static IReadOnlyList<RateStep> Parse(string text)
    {
        var steps = text.Split(',').Select(ParseStep).ToArray();
        if (steps is [{ PerSecond: 0, Duration: null }]) return [];
        if (steps.All(step => step.PerSecond == 0)) throw new FormatException($"'{text}' sends nothing");
        for (var i = steps.Length - 2; i >= 0; i--)
            if (steps[i].Duration is null) steps[i] = steps[i] with { Duration = steps[i + 1].Duration };
        return steps;
    }

    /// <summary>Gives the steps that have no time an equal share of the run's, and the first one the warm-up in addition.</summary>
    public static RatePlan? Plan(IReadOnlyList<RateStep> steps, TimeSpan duration, TimeSpan warmUp)
    {
        if (steps.Count == 0) return null;
        var timed = Timed(steps, duration).ToArray();
        timed[0] = timed[0] with { Duration = timed[0].Duration + warmUp };
        return new RatePlan(timed);
    }

    public static IEnumerable<RateStep> Timed(IReadOnlyList<RateStep> steps, TimeSpan duration) =>
        steps.Select(step => step with { Duration = step.Duration ?? duration / steps.Count });

    private static RateStep ParseStep(string text)
    {
        var parts = text.Split(':', 2);
        if (!double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate))
            throw new FormatException($"'{text}' is not a rate such as 1000, or 1000:30s");
        var duration = parts.Length == 2 ? Durations.Parse(parts[1]) : (TimeSpan?)null;
        if (duration == TimeSpan.Zero) throw new FormatException($"'{text}' lasts no time");
        return new RateStep(rate, duration);
    }
}
