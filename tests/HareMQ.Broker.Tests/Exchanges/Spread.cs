namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>How messages were spread over queues, compared with how they should be.</summary>
internal static class Spread
{
    // Standard deviations. Chance alone fails a right spread once in 30 million comparisons.
    private const double DeviationsMax = 5.5;

    /// <summary>Pearson's chi-square test.</summary>
    /// <param name="received">Messages by queue.</param>
    /// <param name="weights">Of the same queues.</param>
    public static void AssertFollows(IReadOnlyList<int> received, IReadOnlyList<int> weights)
    {
        var (messages, weight) = ((double)received.Sum(), (double)weights.Sum());
        var chiSquare = received.Zip(weights, (n, w) => Math.Pow(n - messages * w / weight, 2) / (messages * w / weight)).Sum();
        var limit = Limit(received.Count - 1);
        Assert.True(
            chiSquare <= limit,
            $"chi-square {chiSquare:F1} > {limit:F1}: [{string.Join(' ', received)}] for weights [{string.Join(' ', weights)}]");
    }

    // Wilson and Hilferty: the cube root of chi-square / degrees is about normal.
    private static double Limit(int degrees)
    {
        var variance = 2.0 / (9 * Math.Max(degrees, 1));
        return Math.Max(degrees, 1) * Math.Pow(1 - variance + DeviationsMax * Math.Sqrt(variance), 3);
    }
}
