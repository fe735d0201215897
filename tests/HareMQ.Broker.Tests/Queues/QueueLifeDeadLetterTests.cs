using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Queues;

public sealed class QueueLifeDeadLetterTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_target_that_is_deleted_holds_nothing_up()
    {
        await _broker.DeclareAsync("grave");
        await _broker.DeclareAsync("q", ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "grave"));
        _broker.Publish("q", "body");
        var message = await _broker.GetAsync("q");
        await _broker.VirtualHost.DeleteQueueAsync(_broker.Queue("grave"), ifUnused: false, ifEmpty: false);
        _broker.Settle(Settlement.Discard, message!);
        await _broker.RestartAsync();
        Assert.Equal(0, _broker.Queue("q").ReadyCount);
    }

    [Fact]
    public async Task A_death_that_the_publisher_made_up_does_not_count()
    {
        await _broker.DeclareAsync("grave");
        await _broker.DeclareAsync("q", ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "grave"));
        var forged = new FieldTableBuilder().Add("count", 7).Add("queue", "q").Add("reason", "rejected").ToTable();
        var properties = new BasicPropertiesBuilder([0, 0])
            .SetHeader("x-death", FieldValue.FromArray(FieldValue.FromTable(forged)))
            .SetHeader("x-first-death-queue", FieldValue.FromString("elsewhere"))
            .ToEncoded();
        _broker.Publish("q", "body", properties: properties);
        _broker.Settle(Settlement.Discard, (await _broker.GetAsync("q"))!);
        var dead = await GetDeadAsync("grave");
        Assert.Equal(("rejected", "q", 1L), Assert.Single(Deaths(dead)));
        Assert.Equal("q", Text(dead.Headers, "x-first-death-queue"));
    }

    [Fact]
    public async Task Copies_named_by_the_sender_are_in_the_account_and_lost_with_a_new_key()
    {
        await _broker.DeclareAsync("grave");
        await _broker.DeclareAsync("q", ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "grave"));
        var properties = new BasicPropertiesBuilder([0, 0]).SetHeader("CC", FieldValue.FromArray(FieldValue.FromString("copy"))).ToEncoded();
        _broker.Publish("q", "body", properties: properties);
        _broker.Settle(Settlement.Discard, (await _broker.GetAsync("q"))!);
        var dead = await GetDeadAsync("grave");
        Assert.False(dead.Headers.TryGet("CC", out _));
        Assert.True(dead.Headers.TryGet("x-death", out var deaths));
        Assert.True(deaths.AsArray()[0].AsTable().TryGet("routing-keys", out var keys));
        Assert.Equal(["q", "copy"], keys.AsArray().Select(key => key.ToString()));
    }

    [Fact]
    public async Task A_circle_of_expiries_ends_and_one_with_a_rejection_goes_on()
    {
        await _broker.DeclareAsync("work", ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "wait"), ("x-message-ttl", 1000));
        await _broker.DeclareAsync("wait", ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "work"), ("x-message-ttl", 1000));
        _broker.Publish("work", "body");
        _broker.Settle(Settlement.Discard, (await _broker.GetAsync("work"))!);
        await _broker.UntilAsync(() => _broker.Queue("wait").ReadyCount == 1);
        _broker.Advance(1100);
        await _broker.UntilAsync(() => _broker.Queue("work").ReadyCount == 1);
        // Nobody looks at it from here on: it may pass through wait once more, and then it is gone.
        _broker.Advance(1100);
        await _broker.UntilAsync(() => _broker.Queue("work").ReadyCount == 0);
        for (var n = 0; n < 10; n++) _broker.Advance(1100);
        await _broker.UntilAsync(() => _broker.Queue("work").ReadyCount + _broker.Queue("wait").ReadyCount == 0);
    }

    [Fact]
    public async Task A_dead_letter_that_its_target_has_no_room_for_waits_and_the_others_go_once()
    {
        await _broker.DeclareAsync("grave", ("x-max-length", 2), ("x-overflow", "reject-publish"));
        var queue = await _broker.DeclareAsync("q", ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "grave"));
        foreach (var text in new[] { "1", "2", "3", "4" }) _broker.Publish("q", text);
        var consumer = await _broker.ConsumeAsync("q");
        _broker.Settle(Settlement.Discard, [.. consumer.Received]);
        await _broker.UntilAsync(() => queue.DeadCount == 2);
        Assert.Equal(["1", "2"], await _broker.TakeAllAsync("grave"));
        _broker.Advance(10_000);
        await _broker.UntilAsync(() => queue.DeadCount == 0);
        Assert.Equal(["3", "4"], await _broker.TakeAllAsync("grave"));
    }

    [Fact]
    public async Task A_target_that_took_a_dead_letter_does_not_get_it_again_for_one_that_had_no_room()
    {
        var grave = await _broker.DeclareAsync("grave", ("x-max-length", 1), ("x-overflow", "reject-publish"));
        var audit = await _broker.DeclareAsync("audit");
        var everywhere = _broker.VirtualHost.GetExchange("amq.fanout");
        await _broker.VirtualHost.BindAsync(everywhere, grave, "", FieldTable.Empty);
        await _broker.VirtualHost.BindAsync(everywhere, audit, "", FieldTable.Empty);
        var queue = await _broker.DeclareAsync("q", ("x-dead-letter-exchange", "amq.fanout"));
        foreach (var text in new[] { "1", "2", "3" }) _broker.Publish("q", text);
        var consumer = await _broker.ConsumeAsync("q");
        _broker.Settle(Settlement.Discard, [.. consumer.Received]);
        await _broker.UntilAsync(() => queue.DeadCount == 2);
        for (var left = 1; left >= 0; left--)
        {
            Assert.Single(await _broker.TakeAllAsync("grave"));
            _broker.Advance(10_000);
            await _broker.UntilAsync(() => queue.DeadCount == left);
        }

        Assert.Equal(["1", "2", "3"], await _broker.TakeAllAsync("audit"));
    }

    [Fact]
    public async Task A_dead_letter_that_a_full_queue_sends_on_is_sent_on_once()
    {
        await _broker.DeclareAsync("last");
        await _broker.DeclareAsync(
            "grave", ("x-max-length", 1), ("x-overflow", "reject-publish-dlx"), ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "last"));
        var queue = await _broker.DeclareAsync("q", ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "grave"));
        foreach (var text in new[] { "1", "2" }) _broker.Publish("q", text);
        var consumer = await _broker.ConsumeAsync("q");
        _broker.Settle(Settlement.Discard, [.. consumer.Received]);
        await _broker.UntilAsync(() => queue.DeadCount == 0);
        Assert.Equal(["1"], await _broker.TakeAllAsync("grave"));
        Assert.Equal(["2"], await _broker.TakeAllAsync("last"));
    }

    private async Task<LifeMessage> GetDeadAsync(string queue)
    {
        await _broker.UntilAsync(() => _broker.Queue(queue).ReadyCount == 1);
        return (await _broker.GetAsync(queue))!;
    }

    private static IEnumerable<(string Reason, string Queue, long Count)> Deaths(LifeMessage message)
    {
        Assert.True(message.Headers.TryGet("x-death", out var deaths));
        foreach (var death in deaths.AsArray())
        {
            Assert.True(death.AsTable().TryGet("count", out var value) && value.TryGetInteger(out _));
            value.TryGetInteger(out var count);
            yield return (Text(death.AsTable(), "reason"), Text(death.AsTable(), "queue"), count);
        }
    }

    private static string Text(FieldTable table, string name)
    {
        Assert.True(table.TryGet(name, out var value));
        return value.ToString();
    }
}
