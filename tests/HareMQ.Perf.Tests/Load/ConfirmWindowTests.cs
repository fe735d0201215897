using FsCheck;
using FsCheck.Fluent;

namespace HareMQ.Perf.Tests;

public sealed class ConfirmWindowTests
{
    private static readonly MeasuredSpan s_always = new(now: 1000, from: 0, to: long.MaxValue);

    private readonly Histogram _latency = new();
    private readonly Ledger _ledger = new();

    [Fact]
    public void Any_order_of_single_and_multiple_confirms_settles_each_message_once() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed =>
        {
            var random = new Random(seed);
            var (window, ledger, latency) = (new ConfirmWindow(100), new Ledger(), new Histogram());
            var open = new SortedSet<long>();
            long sent = 0;
            for (var i = 0; i < 2000; i++)
            {
                if (window.Room > 0 && random.Next(2) == 0)
                {
                    window.Sent(sent++);
                    open.Add(sent);
                }
                else if (open.Count > 0)
                {
                    var tag = open.ElementAt(random.Next(open.Count));
                    var multiple = random.Next(2) == 0;
                    window.Settle((ulong)tag, multiple, nack: false, s_always, latency, ledger);
                    open.RemoveWhere(each => multiple ? each <= tag : each == tag);
                }
            }

            Assert.Equal(sent - open.Count, window.SettledCount);
            Assert.Equal(Enumerable.Range(1, (int)sent).Select(tag => (long)tag).Except(open), ledger.Sequences.Order());
            Assert.Equal(window.SettledCount, latency.Count);
        }));

    [Fact]
    public void There_is_no_room_until_an_eighth_of_the_window_is_free()
    {
        var window = Sent(80, windowMax: 80);
        Assert.Equal(0, window.Room);
        window.Settle(9, multiple: true, nack: false, s_always, _latency, null);
        Assert.Equal(0, window.Room);
        window.Settle(10, multiple: false, nack: false, s_always, _latency, null);
        Assert.Equal(10, window.Room);
    }

    [Fact]
    public void A_nack_is_settled_but_not_confirmed()
    {
        var window = Sent(3);
        window.Settle(2, multiple: true, nack: true, s_always, _latency, _ledger);
        window.Settle(3, multiple: false, nack: false, s_always, _latency, _ledger);
        Assert.Equal((3, 2, true), (window.SettledCount, window.NackedCount, window.IsSettled));
        Assert.Equal([3L], _ledger.Sequences);
    }

    [Fact]
    public void Tag_0_with_multiple_means_all()
    {
        var window = Sent(5);
        window.Settle(0, multiple: true, nack: false, s_always, _latency, _ledger);
        Assert.True(window.IsSettled);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(0, false)]
    public void A_confirm_of_what_was_never_sent_is_an_error(ulong tag, bool multiple)
    {
        var window = Sent(3);
        var error = Assert.Throws<PerfException>(() => window.Settle(tag, multiple, nack: false, s_always, _latency, null));
        Assert.Contains("only 3 were published", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_confirm_is_an_error()
    {
        var window = Sent(3);
        window.Settle(2, multiple: true, nack: false, s_always, _latency, null);
        Assert.Throws<PerfException>(() => window.Settle(1, multiple: false, nack: false, s_always, _latency, null));
    }

    private static ConfirmWindow Sent(int count, int windowMax = 10)
    {
        var window = new ConfirmWindow(windowMax);
        for (var i = 0; i < count; i++) window.Sent(i);
        return window;
    }

    private sealed class Ledger : IConfirmLedger
    {
        public List<long> Sequences { get; } = [];

        public void Confirmed(long sequence) => Sequences.Add(sequence);
    }
}
