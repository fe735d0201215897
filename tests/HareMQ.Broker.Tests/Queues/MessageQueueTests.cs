using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;
using HareMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Queues;

public sealed class MessageQueueTests : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly ManualScheduler _scheduler = new();
    private readonly TestChannel _channel = new();
    private readonly SegmentLog _log;
    private readonly MessageQueue _queue;

    public MessageQueueTests()
    {
        _log = _store.Store.OpenLog(1);
        _queue = new MessageQueue("/", TestMessages.Declaration(autoDelete: true), 1, _log, _scheduler, NullLogger.Instance);
    }

    public void Dispose()
    {
        _log.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task A_full_connection_gets_no_more_until_it_says_that_it_is_ready()
    {
        _channel.Room = 2;
        var consumer = await ConsumeAsync(_channel);
        TestMessages.Publish(_queue, 1, 2, 3, 4);
        Assert.Equal([1, 2], Ids(_channel));
        _scheduler.RunAll();
        Assert.Equal(2, _channel.Received.Count);
        _channel.Room = int.MaxValue;
        _queue.ConsumerReady(consumer);
        _scheduler.RunAll();
        Assert.Equal([1, 2, 3, 4], Ids(_channel));
    }

    [Fact]
    public async Task A_full_connection_does_not_hold_up_the_other_consumers()
    {
        _channel.Room = 1;
        await ConsumeAsync(_channel);
        var other = new TestChannel();
        await ConsumeAsync(other);
        TestMessages.Publish(_queue, 1, 2, 3, 4);
        Assert.Equal([1], Ids(_channel));
        Assert.Equal([2, 3, 4], Ids(other));
    }

    [Fact]
    public async Task What_a_closed_channel_does_not_take_stays_in_the_queue()
    {
        await ConsumeAsync(_channel);
        _channel.IsClosed = true;
        TestMessages.Publish(_queue, 1, 2);
        Assert.Equal(2, _queue.ReadyCount);
        Assert.Equal(0, _queue.UnsettledCount);
        var next = new TestChannel();
        await ConsumeAsync(next);
        Assert.Equal([1, 2], Ids(next));
        Assert.All(next.Received, received => Assert.False(received.Redelivered));
    }

    [Fact]
    public async Task A_shared_unit_that_a_closed_channel_did_not_use_comes_back()
    {
        _channel.SharedCredit = new SharedCredit(limit: 1, used: 0);
        await ConsumeAsync(_channel);
        _channel.IsClosed = true;
        TestMessages.Publish(_queue, 1);
        Assert.True(_channel.SharedCredit.TryTake());
    }

    [Fact]
    public async Task Settling_returns_shared_credit_and_wakes_whoever_waits()
    {
        _channel.SharedCredit = new SharedCredit(limit: 2, used: 0);
        var consumer = await ConsumeAsync(_channel);
        TestMessages.Publish(_queue, 1, 2, 3);
        Assert.Equal([1, 2], Ids(_channel));
        Assert.True(consumer.WaitsForSharedCredit);
        TestMessages.Settle(Settlement.Acknowledge, _channel.Received[0].Delivery);
        Assert.Equal(1, _channel.Wakes);
        Assert.Equal([1, 2, 3], Ids(_channel));
    }

    [Fact]
    public async Task Deliveries_are_flushed_once_per_turn()
    {
        await ConsumeAsync(_channel);
        var before = _channel.Flushes;
        TestMessages.Publish(_queue, 1, 2, 3, 4, 5);
        Assert.Equal(5, _channel.Received.Count);
        Assert.Equal(before + 1, _channel.Flushes);
    }

    [Fact]
    public async Task A_backlog_is_delivered_in_turns_that_leave_the_thread_to_others()
    {
        var ids = new ulong[5000];
        for (var i = 0; i < ids.Length; i++) ids[i] = (ulong)i;
        TestMessages.Publish(_queue, ids);
        await ConsumeAsync(_channel);
        Assert.InRange(_channel.Received.Count, 1, ids.Length - 1);
        Assert.Equal(1, _scheduler.Waiting);
        _scheduler.RunAll();
        Assert.Equal(ids, Ids(_channel));
    }

    [Fact]
    public async Task An_exclusive_consumer_shares_with_nobody()
    {
        var exclusive = TestMessages.Consumer(_channel, exclusive: true);
        await _queue.ConsumeAsync(exclusive, () => { });
        var refused = await Assert.ThrowsAsync<ChannelException>(() => ConsumeAsync(_channel));
        Assert.Equal(ReplyCode.AccessRefused, refused.Code);
        await _queue.CancelAsync(exclusive);
        await ConsumeAsync(_channel);
        await Assert.ThrowsAsync<ChannelException>(() => _queue.ConsumeAsync(exclusive, () => { }));
        Assert.Equal(1, _queue.ConsumerCount);
    }

    [Fact]
    public async Task Only_the_last_consumers_end_asks_for_an_auto_delete_queue_to_go()
    {
        var first = await ConsumeAsync(_channel);
        var second = await ConsumeAsync(_channel);
        Assert.False(await _queue.CancelAsync(first));
        Assert.True(await _queue.CancelAsync(second));
    }

    [Fact]
    public async Task A_condition_on_deletion_is_kept()
    {
        TestMessages.Publish(_queue, 1);
        Assert.Equal(DeleteResult.NotEmpty, (await _queue.DeleteAsync(ifUnused: false, ifEmpty: true)).Result);
        await ConsumeAsync(_channel);
        Assert.Equal(DeleteResult.InUse, (await _queue.DeleteAsync(ifUnused: true, ifEmpty: false)).Result);
        Assert.False(_queue.IsDeleted);
    }

    [Fact]
    public async Task Deletion_counts_the_ready_messages_and_hands_the_consumers_over_to_be_told()
    {
        var consumer = TestMessages.Consumer(_channel, prefetch: 1);
        await _queue.ConsumeAsync(consumer, () => { });
        TestMessages.Publish(_queue, 1, 2, 3);
        var outcome = await _queue.DeleteAsync(ifUnused: false, ifEmpty: false);
        Assert.Equal((DeleteResult.Deleted, 2), (outcome.Result, outcome.MessageCount));
        Assert.Empty(_channel.Cancelled);
        outcome.TellConsumers();
        Assert.Same(consumer, Assert.Single(_channel.Cancelled));
        Assert.Equal(DeleteResult.AlreadyDeleted, (await _queue.DeleteAsync(ifUnused: false, ifEmpty: false)).Result);
        var refused = await Assert.ThrowsAsync<ChannelException>(() => ConsumeAsync(_channel));
        Assert.Equal(ReplyCode.NotFound, refused.Code);
        TestMessages.Settle(Settlement.Acknowledge, _channel.Received[0].Delivery);
        Assert.Equal(QueueState.Deleted, _queue.State);
    }

    [Fact]
    public async Task A_queue_whose_store_fails_stops_and_confirms_nothing()
    {
        TestMessages.Publish(_queue, 1);
        _log.Dispose();
        var confirms = new ConfirmLog();
        var owner = new BatchOwner();
        var batch = PublishBatch.Rent(owner);
        TestMessages.Add(batch, new RouteTargets([_queue]), 2);
        batch.AddConfirm(confirms, 1);
        batch.Dispatch(runInline: true);
        await owner.WaitForAsync(1);
        Assert.Equal(QueueState.Failed, _queue.State);
        Assert.Equal((0, 1), (confirms.Confirmed, confirms.Refused));
        var refused = await Assert.ThrowsAsync<ChannelException>(() => _queue.GetAsync(_channel, autoAck: true));
        Assert.Equal(ReplyCode.NotFound, refused.Code);
    }

    [Fact]
    public async Task A_queue_that_cannot_write_refuses_what_is_new_and_delivers_what_it_has()
    {
        TestMessages.Publish(_queue, 1, 2, 3);
        _store.BreakDirectoryOf(1);
        var confirms = new ConfirmLog();
        var owner = new BatchOwner();
        var publishes = 0;
        while (confirms.Refused == 0)
        {
            Assert.True(publishes < 100, "the first segment holds 1 KB, so one of these needs a second");
            var batch = PublishBatch.Rent(owner);
            TestMessages.Add(batch, new RouteTargets([_queue]), (ulong)(4 + publishes));
            batch.AddConfirm(confirms, (ulong)++publishes);
            batch.Dispatch(runInline: true);
            await owner.WaitForAsync(publishes);
        }

        Assert.Equal(QueueState.Running, _queue.State);
        var consumer = await ConsumeAsync(_channel);
        _scheduler.RunAll();
        Assert.Equal(Enumerable.Range(1, 2 + publishes).Select(id => (ulong)id), Ids(_channel));
        TestMessages.Settle(Settlement.Acknowledge, [.. _channel.Received.Select(received => received.Delivery)]);
        Assert.Equal(0, consumer.Unsettled);
    }

    private static IEnumerable<ulong> Ids(TestChannel channel) => channel.Received.Select(received => received.Id);

    private async Task<Consumer> ConsumeAsync(TestChannel channel)
    {
        var consumer = TestMessages.Consumer(channel);
        await _queue.ConsumeAsync(consumer, () => { });
        return consumer;
    }
}
