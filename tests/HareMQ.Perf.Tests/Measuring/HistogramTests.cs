using FsCheck;
using FsCheck.Fluent;

namespace HareMQ.Perf.Tests;

public sealed class HistogramTests
{
    private static readonly double[] s_percents = [0.001, 1, 50, 90, 99, 99.9, 99.99, 100];

    [Fact]
    public void Every_percentile_is_the_exact_one_or_at_most_a_128th_above_it() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Values(), values =>
        {
            var histogram = new Histogram();
            foreach (var value in values) histogram.Add(value);
            var sorted = values.Order().ToArray();
            Assert.Equal(sorted.Length, histogram.Count);
            Assert.Equal(sorted[^1], histogram.Max);
            foreach (var percent in s_percents)
            {
                var exact = sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];
                Assert.InRange(histogram.Percentile(percent), exact, exact + (exact / 128));
            }
        }));

    [Fact]
    public void What_was_added_since_a_copy_is_what_a_histogram_of_its_own_would_hold() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(Values(), Values(), (before, after) =>
        {
            var (all, alone) = (new Histogram(), new Histogram());
            foreach (var value in before) all.Add(value);
            var copy = new Histogram();
            copy.Add(all);
            foreach (var value in after)
            {
                all.Add(value);
                alone.Add(value);
            }

            var since = all.Since(copy);
            Assert.Equal(alone.Count, since.Count);
            foreach (var percent in s_percents[..^1]) Assert.InRange(since.Percentile(percent), alone.Percentile(percent), since.Max);
            Assert.InRange(since.Max, alone.Max, alone.Max + (alone.Max / 128));
        }));

    [Fact]
    public void Bars_hold_every_value_once() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(Values(), values =>
        {
            var histogram = new Histogram();
            foreach (var value in values) histogram.Add(value);
            var bars = LatencyBars.Of(histogram);
            Assert.Equal(values.Length, bars.Sum(bar => bar.Count));
            Assert.True(bars[0].Count > 0 && bars[^1].Count > 0);
        }));

    [Fact]
    public void A_burst_counts_as_often_as_it_has_messages()
    {
        var histogram = new Histogram();
        histogram.Add(100, 99);
        histogram.Add(1_000_000);
        Assert.Equal((100, 100), (histogram.Count, histogram.Percentile(99)));
        Assert.Equal(1_000_000, histogram.Percentile(99.5));
    }

    [Fact]
    public void Nothing_has_no_percentiles() => Assert.Equal(0, new Histogram().Percentile(99));

    // Of every magnitude alike, as latencies are; seldom-met extremes included.
    private static Arbitrary<long[]> Values() => Arb.From(
        Gen.OneOf(
            Gen.Choose(0, 61).SelectMany(
                bits => Gen.Choose(0, int.MaxValue),
                (bits, low) => ((1L << bits) | (uint)low) & ((2L << bits) - 1)),
            Gen.Elements(0L, 1, 127, 128, 129, 255, 256, long.MaxValue / 2))
        .NonEmptyListOf().Select(list => list.ToArray()));
}
