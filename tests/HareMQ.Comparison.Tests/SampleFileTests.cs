using System.Text.Json.Nodes;
using HareMQ.Comparison.Measuring;

namespace HareMQ.Comparison.Tests;

public sealed class SampleFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("haremq-comparison-tests-").FullName;

    [Fact]
    public void Rows_that_are_measured_again_replace_only_themselves()
    {
        var file = new SampleFile(_directory);
        file.Add(Sample("old", 1));
        file.Add(Sample("kept", 2));

        file = new SampleFile(_directory);
        file.Remove(new HashSet<string> { "old" });
        file.Add(Sample("old", 3));

        var rates = new SampleFile(_directory).Samples.Select(sample => (sample.Row, JsonNumbers.Find(sample.Report, "rate")));
        Assert.Equal([("kept", 2), ("old", 3)], rates);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Sample Sample(string row, double rate) => new(row, Measuring.Sample.A, 1, 0, 0, new JsonObject { ["rate"] = rate });
}
