using HareMQ.Broker.Queues;
using HareMQ.Broker.Tests.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Deduplication;

public sealed class QueueDeduplicationTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_brings_back_the_keys_of_what_the_queue_holds(bool byPriority)
    {
        var queue = byPriority
            ? await _broker.DeclareAsync("q", ("x-message-deduplication", true), ("x-max-priority", 3))
            : await _broker.DeclareAsync("q", ("x-message-deduplication", true));
        for (var i = 0; i < 30; i++) Publish($"{i}", priority: (byte)(i % 4));
        Publish("0");
        Assert.Equal(30, queue.ReadyCount);
        var first = await _broker.GetAsync("q");
        _broker.Settle(Settlement.Acknowledge, first!);
        await _broker.RestartAsync();
        for (var i = 0; i < 30; i++) Publish($"{i}");
        // The one that was acknowledged is new again.
        Assert.Equal(30, _broker.Queue("q").ReadyCount);
    }

    [Fact]
    public async Task A_key_is_free_again_however_its_message_ended()
    {
        await _broker.DeclareAsync("q", ("x-message-deduplication", true), ("x-max-length", 1));
        Publish("dropped");
        Publish("other");
        Publish("dropped");
        Assert.Equal(["dropped"], await _broker.TakeAllAsync("q"));

        Publish("expired", expirationMs: 100);
        _broker.Advance(300);
        Publish("expired");
        var message = await _broker.GetAsync("q");
        Publish("expired");
        Assert.Equal(0, _broker.Queue("q").ReadyCount);
        _broker.Settle(Settlement.Discard, message!);
        Publish("expired");
        Assert.Equal(1, _broker.Queue("q").ReadyCount);
    }

    [Fact]
    public async Task A_message_that_came_back_is_still_the_queues()
    {
        await _broker.DeclareAsync("q", ("x-message-deduplication", true));
        Publish("a");
        _broker.Settle(Settlement.Requeue, (await _broker.GetAsync("q"))!);
        Publish("a");
        Assert.Equal(["a"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task A_cache_forgets_by_time()
    {
        await _broker.DeclareAsync("q", ("x-message-deduplication", true), ("x-cache-ttl", 1000));
        Publish("a");
        Assert.Equal(["a"], await _broker.TakeAllAsync("q"));
        _broker.Advance(999);
        Publish("a");
        Assert.Empty(await _broker.TakeAllAsync("q"));
        _broker.Advance(1);
        Publish("a");
        Assert.Equal(["a"], await _broker.TakeAllAsync("q"));
    }

    private void Publish(string key, long expirationMs = -1, byte priority = 0)
    {
        var properties = new BasicPropertiesBuilder([0, 0]).SetHeader("x-deduplication-header", FieldValue.FromString(key)).ToEncoded();
        _broker.Publish("q", key, expirationMs, priority, properties);
    }
}
