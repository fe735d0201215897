using HareMQ.Broker.Scheduling;

namespace HareMQ.Broker.Tests.Queues;

public sealed class LifeClockTests
{
    private readonly LifeTime _time = new();
    private readonly ExpiryClock _clock;

    public LifeClockTests() => _clock = new ExpiryClock(_time);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(49)]
    [InlineData(50)]
    [InlineData(1234)]
    [InlineData(25_600)]
    [InlineData(100_000)]
    public void An_owner_is_woken_when_its_time_has_come_and_little_later(int milliseconds)
    {
        var owner = new Owner(_time);
        var entry = new ExpiryEntry(owner);
        _clock.Set(entry, _time.NowMs + milliseconds);
        var start = _time.NowMs;
        _time.Advance(200_000);
        var woken = Assert.Single(owner.WokenAtMs);
        Assert.InRange(woken - start, milliseconds, milliseconds + 2 * ExpiryClock.TickMs);
        Assert.Equal(ExpiryEntry.Never, entry.DueAtMs);
    }

    [Fact]
    public void An_entry_that_is_set_again_forgets_its_former_time()
    {
        var owner = new Owner(_time);
        var entry = new ExpiryEntry(owner);
        _clock.Set(entry, _time.NowMs + 100);
        _clock.Set(entry, _time.NowMs + 5000);
        _time.Advance(4000);
        Assert.Empty(owner.WokenAtMs);
        _clock.Set(entry, _time.NowMs + 100);
        _time.Advance(200);
        Assert.Single(owner.WokenAtMs);
    }

    [Fact]
    public void A_cancelled_entry_wakes_nobody()
    {
        var owner = new Owner(_time);
        var neighbour = new Owner(_time);
        var entry = new ExpiryEntry(owner);
        _clock.Set(new ExpiryEntry(neighbour), _time.NowMs + 100);
        _clock.Set(entry, _time.NowMs + 100);
        _clock.Set(new ExpiryEntry(neighbour), _time.NowMs + 100);
        _clock.Cancel(entry);
        _clock.Cancel(entry);
        _time.Advance(1000);
        Assert.Empty(owner.WokenAtMs);
        Assert.Equal(2, neighbour.WokenAtMs.Count);
    }

    [Fact]
    public void No_timer_runs_while_nobody_waits()
    {
        Assert.Equal(0, _time.RunningTimers);
        _clock.Set(new ExpiryEntry(new Owner(_time)), _time.NowMs + 100);
        Assert.Equal(1, _time.RunningTimers);
        _time.Advance(1000);
        Assert.Equal(0, _time.RunningTimers);
        Assert.Equal(0, _clock.Count);
    }

    [Fact]
    public void Whoever_became_due_while_the_process_was_stopped_is_woken_once_by_the_next_tick()
    {
        var owners = Enumerable.Range(0, 2000).Select(_ => new Owner(_time)).ToArray();
        for (var i = 0; i < owners.Length; i++) _clock.Set(new ExpiryEntry(owners[i]), _time.NowMs + i * 40);
        _time.Jump(90_000);
        _time.Advance(0);
        Assert.All(owners, owner => Assert.Single(owner.WokenAtMs));
    }

    [Fact]
    public void A_clock_that_was_set_back_makes_everything_later_and_loses_nothing()
    {
        var owner = new Owner(_time);
        _clock.Set(new ExpiryEntry(owner), _time.NowMs + 1000);
        _time.Jump(-60_000);
        _time.Advance(60_900);
        Assert.Empty(owner.WokenAtMs);
        _time.Advance(300);
        Assert.Single(owner.WokenAtMs);
    }

    private sealed class Owner(LifeTime time) : IExpiryOwner
    {
        public List<long> WokenAtMs { get; } = [];

        public void Wake() => WokenAtMs.Add(time.NowMs);
    }
}
