using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

public sealed class QueueLifePriorityTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Higher_priorities_go_first_and_each_keeps_its_order()
    {
        await DeclareAsync(max: 5);
        PublishAll(("a", 1), ("b", 5), ("c", 1), ("d", 0), ("e", 200), ("f", 0));
        Assert.Equal(["b", "e", "a", "c", "d", "f"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task Consumers_that_wait_get_the_most_important_of_what_comes_together()
    {
        await DeclareAsync(max: 5);
        var consumer = await _broker.ConsumeAsync("q", prefetch: 3);
        PublishAll(("a", 1), ("b", 5), ("c", 3), ("d", 4));
        Assert.Equal(["b", "d", "c"], consumer.Texts);
        Assert.Equal(1, _broker.Queue("q").ReadyCount);
    }

    [Fact]
    public async Task A_restart_keeps_priorities_order_and_acknowledgements()
    {
        await DeclareAsync(max: 255);
        PublishAll(("a", 1), ("b", 255), ("c", 1), ("d", 0), ("e", 255));
        Assert.Equal("b", (await _broker.GetAsync("q", autoAck: true))!.Text);
        var held = (await _broker.GetAsync("q"))!;
        await _broker.RestartAsync();
        Assert.Equal(4, _broker.Queue("q").ReadyCount);
        var again = (await _broker.GetAsync("q", autoAck: true))!;
        Assert.Equal((held.Text, true), (again.Text, again.Redelivered));
        Assert.Equal(["a", "c", "d"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task What_comes_back_goes_to_the_front_of_its_own_priority()
    {
        await DeclareAsync(max: 5);
        PublishAll(("first", 3), ("second", 3));
        var first = (await _broker.GetAsync("q"))!;
        PublishAll(("high", 5), ("low", 1));
        _broker.Settle(Settlement.Requeue, first);
        Assert.Equal(["high", "first", "second", "low"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task The_heads_of_all_priorities_expire()
    {
        var queue = await DeclareAsync(max: 5);
        _broker.Publish("q", "high", priority: 5);
        _broker.Publish("q", "short-lived", expirationMs: 1000, priority: 2);
        _broker.Publish("q", "shorter-lived", expirationMs: 500, priority: 0);
        _broker.Advance(600);
        Assert.Equal(2, queue.ReadyCount);
        _broker.Advance(600);
        Assert.Equal(["high"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task A_purge_reaches_all_priorities_and_a_deletion_leaves_nothing_on_disk()
    {
        var queue = await DeclareAsync(max: 5);
        PublishAll(("a", 1), ("b", 5), ("c", 0));
        Assert.Equal([(queue.LogId, (byte)1), (queue.LogId, (byte)5)], _broker.Store.ListLanes().Order());
        Assert.Equal(3, await queue.PurgeAsync());
        Assert.Equal(0, queue.ReadyCount);
        PublishAll(("d", 2), ("e", 5));
        await _broker.VirtualHost.DeleteQueueAsync(queue, ifUnused: false, ifEmpty: false);
        Assert.Empty(_broker.Store.ListLanes());
        Assert.Empty(_broker.Store.ListLogs());
    }

    [Fact]
    public async Task A_transient_queue_leaves_no_priorities_behind_over_a_restart()
    {
        await _broker.DeclareAsync(TestMessages.Declaration("q", durable: false), ("x-max-priority", 5));
        PublishAll(("a", 1), ("b", 5));
        await _broker.RestartAsync();
        Assert.Empty(_broker.Store.ListLanes());
    }

    [Fact]
    public async Task Dead_letters_leave_from_their_own_priority()
    {
        await _broker.DeclareAsync("grave");
        await _broker.DeclareAsync(
            "q", ("x-max-priority", 5), ("x-max-length", 1), ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "grave"));
        PublishAll(("low", 1), ("high", 5));
        await _broker.UntilAsync(() => _broker.Queue("grave").ReadyCount == 1);
        Assert.Equal(["high"], await _broker.TakeAllAsync("grave"));
        Assert.Equal(["low"], await _broker.TakeAllAsync("q"));
        await _broker.UntilAsync(() => _broker.Queue("q").DeadCount == 0);
        await _broker.RestartAsync();
        Assert.Equal(0, _broker.Queue("q").ReadyCount);
    }

    [Fact]
    public async Task Messages_of_several_priorities_are_confirmed_once()
    {
        var queue = await DeclareAsync(max: 5);
        var confirms = new ConfirmLog();
        var batch = PublishBatch.Rent(new BatchOwner());
        for (byte priority = 0; priority <= 5; priority++)
        {
            _broker.Add(batch, queue, "body", priority: priority);
            batch.AddConfirm(confirms, priority + 1ul);
        }

        batch.Dispatch(runInline: true);
        await _broker.UntilAsync(() => confirms.Confirmed == 1);
        Assert.Equal((6L, 0), (queue.ReadyCount, confirms.Refused));
    }

    private Task<MessageQueue> DeclareAsync(int max) => _broker.DeclareAsync("q", ("x-max-priority", max));

    /// <summary>One batch.</summary>
    private void PublishAll(params (string Text, int Priority)[] messages)
    {
        var batch = PublishBatch.Rent(new BatchOwner());
        foreach (var (text, priority) in messages) _broker.Add(batch, _broker.Queue("q"), text, priority: (byte)priority);
        batch.Dispatch(runInline: true);
        _broker.Run();
    }
}
