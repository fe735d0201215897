namespace HareMQ.Perf.Tests;

public sealed class MeasuredSpanTests
{
    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    [InlineData(199, true)]
    [InlineData(200, false)]
    public void A_message_counts_if_it_was_due_in_the_measured_part_however_late_it_comes(long due, bool counts)
    {
        var histogram = new Histogram();
        new MeasuredSpan(now: 5000, from: 100, to: 200).Add(histogram, due);
        Assert.Equal(counts ? 1 : 0, histogram.Count);
        if (counts) Assert.Equal(5000 - due, histogram.Max);
    }
}
