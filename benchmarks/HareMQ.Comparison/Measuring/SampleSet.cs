using HareMQ.Comparison.Rows;

namespace HareMQ.Comparison.Measuring;

/// <summary>Medians and worst cases of a row's samples.</summary>
internal sealed class SampleSet(IReadOnlyList<Sample> samples)
{
    public bool Has(Row row) => samples.Any(sample => sample.Row == row.Name);

    public double? Median(Row row, string side, string path) => Medians.Of(
        Of(row, side).Where(sample => sample.IsGood).Select(sample => JsonNumbers.Find(sample.Report, path)).OfType<double>());

    public double? Median(Row row, string side, Metric metric) => Median(row, side, metric.Path);

    public int Fails(Row row, string side) => Of(row, side).Count(sample => !sample.IsGood);

    public double WorstNoise(Row row) => samples.Where(sample => sample.Row == row.Name).Select(sample => sample.Noise).DefaultIfEmpty().Max();

    private IEnumerable<Sample> Of(Row row, string side) => samples.Where(sample => sample.Row == row.Name && sample.Side == side);
}
