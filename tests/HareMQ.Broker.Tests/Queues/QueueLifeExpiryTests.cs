using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

public sealed class QueueLifeExpiryTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_message_goes_when_the_time_of_the_queue_has_passed()
    {
        var queue = await _broker.DeclareAsync("q", ("x-message-ttl", 1000));
        _broker.Publish("q", "first");
        _broker.Advance(500);
        _broker.Publish("q", "second");
        _broker.Advance(499);
        Assert.Equal(2, queue.ReadyCount);
        _broker.Advance(101);
        Assert.Equal(1, queue.ReadyCount);
        _broker.Advance(600);
        Assert.Equal(0, queue.ReadyCount);
    }

    [Fact]
    public async Task A_message_that_brought_its_own_time_goes_from_a_plain_queue()
    {
        var queue = await _broker.DeclareAsync("q");
        _broker.Publish("q", "short-lived", expirationMs: 1000);
        _broker.Publish("q", "stays");
        _broker.Advance(1100);
        Assert.Equal(1, queue.ReadyCount);
        Assert.Equal(["stays"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task A_message_behind_one_that_lives_longer_has_to_wait_and_is_never_delivered()
    {
        var queue = await _broker.DeclareAsync("q");
        _broker.Publish("q", "head");
        _broker.Publish("q", "expired", expirationMs: 1000);
        _broker.Publish("q", "tail");
        _broker.Advance(2000);
        Assert.Equal(3, queue.ReadyCount);
        var consumer = await _broker.ConsumeAsync("q", prefetch: 2);
        Assert.Equal(["head", "tail"], consumer.Texts);
        Assert.Equal((0L, 2L), (queue.ReadyCount, queue.UnsettledCount));
    }

    [Fact]
    public async Task A_message_that_becomes_the_head_because_another_had_no_room_expires_in_time()
    {
        var queue = await _broker.DeclareAsync("q", ("x-max-length", 1));
        _broker.Publish("q", "stays");
        _broker.Publish("q", "short-lived", expirationMs: 1000);
        Assert.Equal(1, queue.ReadyCount);
        _broker.Advance(1100);
        Assert.Equal(0, queue.ReadyCount);
    }

    [Fact]
    public async Task A_message_that_came_back_expires_by_its_first_time_even_before_an_older_head()
    {
        var queue = await _broker.DeclareAsync("q");
        _broker.Publish("q", "short-lived", expirationMs: 1000);
        _broker.Publish("q", "stays");
        var held = await _broker.GetAsync("q");
        _broker.Advance(5000);
        Assert.Equal(1, queue.ReadyCount);
        _broker.Settle(Settlement.Requeue, held!);
        Assert.Equal(1, queue.ReadyCount);
        Assert.Equal(["stays"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task Time_zero_is_for_consumers_that_wait()
    {
        var queue = await _broker.DeclareAsync("q", ("x-message-ttl", 0));
        _broker.Publish("q", "nobody there");
        Assert.Equal(0, queue.ReadyCount);
        var consumer = await _broker.ConsumeAsync("q", prefetch: 1);
        _broker.Publish("q", "taken");
        _broker.Publish("q", "no credit left");
        Assert.Equal(["taken"], consumer.Texts);
        Assert.Equal((0L, 1L), (queue.ReadyCount, queue.UnsettledCount));
    }

    [Fact]
    public async Task Messages_expire_after_a_restart_too()
    {
        await _broker.DeclareAsync("q");
        _broker.Publish("q", "short-lived", expirationMs: 1000);
        _broker.Publish("q", "stays");
        await _broker.RestartAsync();
        Assert.Equal(2, _broker.Queue("q").ReadyCount);
        _broker.Advance(1100);
        Assert.Equal(1, _broker.Queue("q").ReadyCount);
        // Looking at its head has not made it a redelivery.
        Assert.False((await _broker.GetAsync("q"))!.Redelivered);
    }

    [Fact]
    public async Task More_messages_than_one_turn_may_drop_all_go()
    {
        var queue = await _broker.DeclareAsync("q", ("x-message-ttl", 1000));
        var batch = Messages.PublishBatch.Rent(new BatchOwner());
        for (var i = 0; i < 10_000; i++) _broker.Add(batch, queue, $"{i}");
        batch.Dispatch(runInline: true);
        _broker.Run();
        Assert.Equal(10_000, queue.ReadyCount);
        _broker.Advance(1100);
        Assert.Equal(0, queue.ReadyCount);
    }

    [Fact]
    public async Task An_unused_queue_expires_with_its_messages_and_bindings()
    {
        var queue = await _broker.DeclareAsync("q", ("x-expires", 1000));
        _broker.Publish("q", "goes with it");
        _broker.Advance(999);
        Assert.False(queue.IsDeleted);
        _broker.Advance(101);
        Assert.True(queue.IsDeleted);
        await _broker.UntilAsync(() => _broker.VirtualHost.Queues.Count == 0);
        await _broker.RestartAsync();
        Assert.Empty(_broker.VirtualHost.Queues);
    }

    [Fact]
    public async Task A_get_or_a_look_renews_a_queue_and_a_consumer_keeps_it()
    {
        var queue = await _broker.DeclareAsync("q", ("x-expires", 1000));
        _broker.Advance(900);
        Assert.Null(await _broker.GetAsync("q"));
        _broker.Advance(900);
        await queue.CountAsync();
        _broker.Advance(900);
        var consumer = TestMessages.Consumer(new TestChannel());
        await queue.ConsumeAsync(consumer, () => { });
        _broker.Advance(100_000);
        Assert.False(queue.IsDeleted);
        await queue.CancelAsync(consumer);
        _broker.Advance(900);
        Assert.False(queue.IsDeleted);
        _broker.Advance(200);
        Assert.True(queue.IsDeleted);
    }

    [Fact]
    public async Task A_restart_starts_the_time_of_a_queue_anew()
    {
        await _broker.DeclareAsync("q", ("x-expires", 1000));
        _broker.Advance(900);
        await _broker.RestartAsync();
        _broker.Advance(900);
        Assert.False(_broker.Queue("q").IsDeleted);
        _broker.Advance(200);
        await _broker.UntilAsync(() => _broker.VirtualHost.Queues.Count == 0);
    }
}
