using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Queues;

public sealed class QueueLifeSingleActiveTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;
    private MessageQueue _queue = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await LifeBroker.StartAsync();
        _queue = await _broker.DeclareAsync("q", ("x-single-active-consumer", true));
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Consumers_take_over_in_the_order_they_came_whatever_their_priority()
    {
        var first = await ConsumeAsync(priority: 0);
        var second = await ConsumeAsync(priority: 5);
        var third = await ConsumeAsync(priority: 10);
        _broker.Publish("q", "1");
        await _queue.CancelAsync(first.Consumer);
        _broker.Publish("q", "2");
        await _queue.CancelAsync(second.Consumer);
        _broker.Publish("q", "3");
        Assert.Equal([["1"], ["2"], ["3"]], new[] { first.Channel.Texts, second.Channel.Texts, third.Channel.Texts });
    }

    [Fact]
    public async Task Nobody_steps_in_for_an_active_consumer_that_is_busy()
    {
        var active = await ConsumeAsync(prefetch: 1);
        var waiting = await ConsumeAsync();
        _broker.Publish("q", "1");
        _broker.Publish("q", "2");
        Assert.Equal(["1"], active.Channel.Texts);
        Assert.Empty(waiting.Channel.Texts);
        await _queue.CancelAsync(active.Consumer);
        _broker.Run();
        Assert.Equal(["2"], waiting.Channel.Texts);
    }

    [Fact]
    public async Task A_waiting_consumer_that_leaves_changes_nothing()
    {
        var active = await ConsumeAsync();
        var waiting = await ConsumeAsync();
        await _queue.CancelAsync(waiting.Consumer);
        _broker.Publish("q", "1");
        Assert.Equal(["1"], active.Channel.Texts);
    }

    [Fact]
    public async Task An_exclusive_consumer_is_refused()
    {
        var error = await Assert.ThrowsAsync<ChannelException>(
            () => _queue.ConsumeAsync(TestMessages.Consumer(new LifeChannel(), exclusive: true), () => { }));
        Assert.Equal(ReplyCode.AccessRefused, error.Code);
        Assert.EndsWith("queue 'q' in vhost '/' in exclusive use", error.Message);
    }

    private async Task<(Consumer Consumer, LifeChannel Channel)> ConsumeAsync(int prefetch = 0, int priority = 0)
    {
        var channel = new LifeChannel();
        var consumer = TestMessages.Consumer(channel, prefetch, autoAck: false, priority);
        await _queue.ConsumeAsync(consumer, () => { });
        _broker.Run();
        return (consumer, channel);
    }
}
