using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

public sealed class QueueLifeLimitTests : IAsyncLifetime, IConfirmSink
{
    private readonly List<ConfirmTicket> _tickets = [];
    private LifeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    void IConfirmSink.Complete(ConfirmTicket ticket)
    {
        lock (_tickets) _tickets.Add(ticket);
    }

    [Fact]
    public async Task A_full_queue_drops_its_head_and_what_came_back_is_the_head()
    {
        await _broker.DeclareAsync("q", ("x-max-length", 2));
        PublishAll("1", "2");
        var first = await _broker.GetAsync("q");
        PublishAll("3");
        _broker.Settle(Settlement.Requeue, first!);
        Assert.Equal(["2", "3"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task What_waiting_consumers_take_is_not_dropped()
    {
        await _broker.DeclareAsync("q", ("x-max-length", 1));
        var consumer = await _broker.ConsumeAsync("q", prefetch: 3);
        PublishAll("1", "2", "3", "4", "5", "6");
        Assert.Equal(["1", "2", "3"], consumer.Texts);
        Assert.Equal(["6"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task A_limit_of_bytes_refuses_the_message_that_does_not_fit_and_takes_a_smaller_one()
    {
        await _broker.DeclareAsync("q", ("x-max-length-bytes", 10), ("x-overflow", "reject-publish"));
        PublishAll("1234", "1234567", "12345", "12");
        Assert.Equal([2, 4], await RefusedAsync());
        Assert.Equal(["1234", "12345"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task Only_what_does_not_fit_is_refused_and_consumers_make_room_in_between()
    {
        await _broker.DeclareAsync("q", ("x-max-length", 2), ("x-overflow", "reject-publish"));
        var consumer = await _broker.ConsumeAsync("q", prefetch: 3);
        PublishAll("1", "2", "3", "4", "5", "6", "7");
        Assert.Equal(["1", "2", "3"], consumer.Texts);
        Assert.Equal([6, 7], await RefusedAsync());
        Assert.Equal(["4", "5"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task Messages_whose_time_is_over_make_room_for_those_behind_them()
    {
        await _broker.DeclareAsync("q", ("x-max-length", 1), ("x-overflow", "reject-publish"), ("x-message-ttl", 0));
        PublishAll("1", "2", "3");
        Assert.Empty(await RefusedAsync());
        Assert.Empty(await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task Two_full_queues_refuse_a_message_once()
    {
        var narrow = await _broker.DeclareAsync("narrow", ("x-max-length", 1), ("x-overflow", "reject-publish"));
        var wide = await _broker.DeclareAsync("wide", ("x-max-length", 2), ("x-overflow", "reject-publish"));
        var batch = PublishBatch.Rent(new BatchOwner());
        for (var sequence = 1ul; sequence <= 3; sequence++)
        {
            TestMessages.Add(batch, new RouteTargets([narrow, wide]), sequence);
            batch.AddConfirm(this, sequence);
        }

        batch.Dispatch(runInline: true);
        _broker.Run();
        Assert.Equal([2, 3], await RefusedAsync());
        Assert.Equal((1L, 2L), (narrow.ReadyCount, wide.ReadyCount));
    }

    [Fact]
    public async Task A_refusal_is_told_when_the_dead_letter_is_where_it_goes_to()
    {
        await _broker.DeclareAsync("grave");
        await _broker.DeclareAsync(
            "q", ("x-max-length", 1), ("x-overflow", "reject-publish-dlx"), ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "grave"));
        PublishAll("1", "2", "3");
        Assert.Equal([2, 3], await RefusedAsync());
        Assert.Equal(["2", "3"], await _broker.TakeAllAsync("grave"));
        Assert.Equal(["1"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task A_full_queue_that_is_its_own_grave_ends_the_circle()
    {
        await _broker.DeclareAsync(
            "q", ("x-max-length", 1), ("x-overflow", "reject-publish-dlx"), ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "q"));
        PublishAll("1", "2");
        Assert.Equal([2], await RefusedAsync());
        Assert.Equal(["1"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task Settings_that_change_apply_to_what_is_there()
    {
        var queue = await _broker.DeclareAsync("q");
        PublishAll("1", "2", "3");
        queue.Apply(new QueueSettings { MaxLength = 2, MessageTtlMs = 1000 });
        _broker.Run();
        Assert.Equal(2, queue.ReadyCount);
        _broker.Advance(1100);
        Assert.Equal(0, queue.ReadyCount);
        queue.Apply(QueueSettings.Default);
        PublishAll("4", "5", "6");
        _broker.Advance(5000);
        Assert.Equal(3, queue.ReadyCount);
    }

    /// <summary>One batch, each message with a confirm.</summary>
    private void PublishAll(params ReadOnlySpan<string> texts)
    {
        var batch = PublishBatch.Rent(new BatchOwner());
        ulong sequence = 0;
        foreach (var text in texts)
        {
            _broker.Add(batch, _broker.Queue("q"), text);
            batch.AddConfirm(this, ++sequence);
        }

        batch.Dispatch(runInline: true);
        _broker.Run();
    }

    private async Task<ulong[]> RefusedAsync()
    {
        await _broker.UntilAsync(() =>
        {
            lock (_tickets) return _tickets.Count > 0;
        });
        var ticket = Assert.Single(_tickets);
        Assert.False(ticket.Refused);
        return [.. ticket.RefusedSequences ?? []];
    }
}
