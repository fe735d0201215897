using System.Text.Json.Nodes;

namespace HareMQ.Comparison.Measuring;

/// <summary>What one round of one row came to on one side.</summary>
/// <param name="Side"><see cref="A"/> or <see cref="B"/>.</param>
/// <param name="ExitCode">Of hareperf; only of good ones are the figures used.</param>
internal sealed record Sample(string Row, string Side, int Round, int ExitCode, double Noise, JsonObject Report)
{
    public const string A = "A";
    public const string B = "B";

    public bool IsGood => ExitCode == 0;
}
