using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

public sealed class ConsumerSetTests
{
    private readonly ConsumerSet _set = new();
    private readonly TestChannel _channel = new();

    [Fact]
    public void Nobody_is_chosen_from_an_empty_set() => Assert.Null(Take());

    [Fact]
    public void Equal_consumers_take_turns()
    {
        var consumers = Add(3);
        Consumer?[] expected = [.. consumers, .. consumers];
        Assert.Equal(expected, Take(6));
    }

    [Fact]
    public void The_highest_priority_with_credit_comes_first()
    {
        var low = Add(1)[0];
        var high = TestMessages.Consumer(_channel, prefetch: 2, priority: 5);
        _set.Add(high);
        Assert.Same(high, TakeAndHold());
        Assert.Same(high, TakeAndHold());
        Assert.Same(low, TakeAndHold());
        high.Unsettled--;
        Assert.Same(high, TakeAndHold());
    }

    [Fact]
    public void A_blocked_or_full_consumer_is_passed_over_and_comes_back()
    {
        var consumers = Add(3);
        consumers[1].Blocked = true;
        Assert.Equal([consumers[0], consumers[2], consumers[0]], Take(3));
        consumers[1].Blocked = false;
        Assert.Equal([consumers[1], consumers[2], consumers[0]], Take(3));
    }

    [Fact]
    public void Nobody_is_chosen_while_all_are_blocked()
    {
        foreach (var consumer in Add(3)) consumer.Blocked = true;
        Assert.Null(Take());
    }

    [Fact]
    public void A_consumer_that_acknowledges_automatically_needs_no_credit()
    {
        var consumer = TestMessages.Consumer(_channel, prefetch: 1, autoAck: true);
        _set.Add(consumer);
        consumer.Unsettled = 100;
        Assert.Same(consumer, Take());
        Assert.True(_set.AllAutoAck);
        Add(1);
        Assert.False(_set.AllAutoAck);
    }

    [Fact]
    public void Shared_credit_bounds_all_consumers_of_a_channel_together()
    {
        _channel.SharedCredit = new SharedCredit(limit: 2, used: 0);
        var consumers = Add(3);
        Assert.NotNull(_set.TakeNext(out var first));
        Assert.NotNull(_set.TakeNext(out var second));
        Assert.Null(_set.TakeNext(out var third));
        Assert.Equal((true, true, false), (first, second, third));
        Assert.All(consumers, consumer => Assert.True(consumer.WaitsForSharedCredit));
        Assert.True(_channel.SharedCredit.Return(1));
        Assert.Same(consumers[2], _set.TakeNext(out _));
        Assert.False(consumers[2].WaitsForSharedCredit);
    }

    [Fact]
    public void An_exclusive_consumer_is_seen_only_while_it_is_there()
    {
        var consumer = TestMessages.Consumer(_channel, exclusive: true);
        _set.Add(consumer);
        Assert.True(_set.HasExclusive);
        Assert.True(_set.Remove(consumer));
        Assert.False(_set.HasExclusive);
        Assert.False(_set.Remove(consumer));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void The_round_stays_fair_while_consumers_come_and_go(int seed)
    {
        var random = new Random(seed);
        List<Consumer> attached = [.. Add(4)];
        var waiting = new Dictionary<Consumer, int>();
        for (var step = 0; step < 5000; step++)
        {
            if (random.Next(20) == 0) attached.Add(Add(1)[0]);
            else if (random.Next(20) == 0 && attached.Count > 2) Remove(attached[random.Next(attached.Count)]);
            var chosen = Take()!;
            Assert.Contains(chosen, attached);
            waiting[chosen] = 0;
            foreach (var other in attached.Where(other => !ReferenceEquals(other, chosen)))
            {
                waiting[other] = waiting.GetValueOrDefault(other) + 1;
                // A round, and those that joined in front meanwhile.
                Assert.True(waiting[other] <= 2 * attached.Count, $"step {step}: a consumer waited {waiting[other]} turns of {attached.Count}");
            }
        }

        void Remove(Consumer consumer)
        {
            attached.Remove(consumer);
            waiting.Remove(consumer);
            Assert.True(_set.Remove(consumer));
        }
    }

    private Consumer[] Add(int count)
    {
        var consumers = new Consumer[count];
        for (var i = 0; i < count; i++)
        {
            consumers[i] = TestMessages.Consumer(_channel);
            _set.Add(consumers[i]);
        }

        return consumers;
    }

    private Consumer? Take() => _set.TakeNext(out _);

    private Consumer?[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Take())];

    private Consumer? TakeAndHold()
    {
        var consumer = Take();
        if (consumer is not null) consumer.Unsettled++;
        return consumer;
    }
}
