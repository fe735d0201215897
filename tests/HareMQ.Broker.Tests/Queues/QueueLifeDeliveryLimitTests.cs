using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

public sealed class QueueLifeDeliveryLimitTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_message_that_comes_back_too_often_dies()
    {
        await _broker.DeclareAsync("grave");
        await _broker.DeclareAsync("q", ("x-delivery-limit", 2), ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "grave"));
        _broker.Publish("q", "poison");
        foreach (var count in new long?[] { null, 1, 2 })
        {
            var message = (await _broker.GetAsync("q"))!;
            Assert.Equal(count, DeliveryCount(message));
            Assert.Equal(count is not null, message.Redelivered);
            _broker.Settle(Settlement.Requeue, message);
        }

        Assert.Null(await _broker.GetAsync("q"));
        await _broker.UntilAsync(() => _broker.Queue("grave").ReadyCount == 1);
        var dead = (await _broker.GetAsync("grave"))!;
        Assert.True(dead.Headers.TryGet("x-first-death-reason", out var reason));
        Assert.Equal("delivery_limit", reason.ToString());
        Assert.Null(DeliveryCount(dead));
    }

    [Fact]
    public async Task A_limit_of_zero_allows_one_delivery()
    {
        var queue = await _broker.DeclareAsync("q", ("x-delivery-limit", 0));
        _broker.Publish("q", "once");
        _broker.Settle(Settlement.Requeue, (await _broker.GetAsync("q"))!);
        Assert.Equal((0L, 0L), (queue.ReadyCount, queue.UnsettledCount));
    }

    [Fact]
    public async Task Consumers_see_the_count_as_well()
    {
        await _broker.DeclareAsync("q", ("x-queue-type", "quorum"));
        var consumer = await _broker.ConsumeAsync("q", prefetch: 1);
        _broker.Publish("q", "poison");
        for (var delivery = 0; delivery <= QueueSettings.QuorumDeliveryLimit; delivery++)
        {
            Assert.Equal(delivery == 0 ? null : delivery, DeliveryCount(consumer.Received[delivery]));
            _broker.Settle(Settlement.Requeue, consumer.Received[delivery]);
        }

        Assert.Equal(1 + QueueSettings.QuorumDeliveryLimit, consumer.Received.Count);
    }

    [Fact]
    public async Task A_queue_without_a_limit_counts_nothing()
    {
        await _broker.DeclareAsync("q");
        _broker.Publish("q", "poison");
        for (var n = 0; n < 50; n++) _broker.Settle(Settlement.Requeue, (await _broker.GetAsync("q"))!);
        Assert.Null(DeliveryCount((await _broker.GetAsync("q"))!));
    }

    private static long? DeliveryCount(LifeMessage message) =>
        message.Headers.TryGet("x-delivery-count", out var value) && value.TryGetInteger(out var count) ? count : null;
}
