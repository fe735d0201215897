using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

public sealed class SharedCreditTests
{
    [Fact]
    public void The_limit_is_the_most_that_can_be_taken()
    {
        var credit = new SharedCredit(limit: 3, used: 1);
        Assert.True(credit.TryTake());
        Assert.True(credit.TryTake());
        Assert.False(credit.TryTake());
        Assert.False(credit.TryTake());
        credit.Return(1);
        Assert.True(credit.TryTake());
        Assert.False(credit.TryTake());
    }

    [Fact]
    public void Zero_is_no_limit_but_deliveries_are_still_counted()
    {
        var credit = new SharedCredit(limit: 0, used: 0);
        for (var i = 0; i < 10; i++) Assert.True(credit.TryTake());
        Assert.False(credit.Return(1));
        credit.SetLimit(10);
        Assert.True(credit.TryTake());
        Assert.False(credit.TryTake());
    }

    [Fact]
    public void Somebody_may_be_waiting_exactly_when_the_limit_had_been_reached()
    {
        var credit = new SharedCredit(limit: 2, used: 0);
        credit.TryTake();
        Assert.False(credit.Return(1));
        credit.TryTake();
        credit.TryTake();
        Assert.True(credit.Return(2));
    }

    [Fact]
    public void A_lowered_limit_waits_until_enough_has_come_back()
    {
        var credit = new SharedCredit(limit: 5, used: 5);
        credit.SetLimit(2);
        credit.Return(3);
        Assert.False(credit.TryTake());
        Assert.True(credit.Return(1));
        Assert.True(credit.TryTake());
    }

    [Fact]
    public async Task Many_threads_never_take_more_than_the_limit_and_leave_nothing_taken()
    {
        const int Limit = 3;
        var credit = new SharedCredit(Limit, used: 0);
        var holding = 0;
        var most = 0;
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                if (!credit.TryTake()) continue;
                Interlocked.Increment(ref taken);
                var now = Interlocked.Increment(ref holding);
                if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
                Interlocked.Decrement(ref holding);
                credit.Return(1);
            }
        }, TestContext.Current.CancellationToken)));
        Assert.True(taken > 0);
        Assert.InRange(most, 1, Limit);
        for (var i = 0; i < Limit; i++) Assert.True(credit.TryTake());
        Assert.False(credit.TryTake());
    }
}
