using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.MessageLife;

/// <summary>RabbitMQ's dead letter exchanges and the x-death header.</summary>
public abstract class DeadLetters(BrokerFixture broker) : ConformanceTest(broker)
{
    [Theory]
    [InlineData("rejected")]
    [InlineData("expired")]
    [InlineData("maxlen")]
    public async Task Dead_message_says_why_and_where_it_died(string reason)
    {
        var (channel, queue, graveyard) = await DeclareAsync(reason switch
        {
            "expired" => new() { ["x-message-ttl"] = 20 },
            "maxlen" => new() { ["x-max-length"] = 0 },
            _ => [],
        });
        await channel.PublishTextsAsync(queue, "body");
        if (reason == "rejected") await RejectAsync(channel, queue);

        var dead = await TakeAsync(channel, graveyard);
        Assert.Equal(("body", queue), (dead.Text(), dead.RoutingKey));
        var headers = dead.BasicProperties.Headers!;
        Assert.Equal((reason, queue, ""),
            (Text(headers["x-first-death-reason"]), Text(headers["x-first-death-queue"]), Text(headers["x-first-death-exchange"])));
        var death = Assert.Single(Deaths(dead));
        Assert.Equal((reason, queue, "", 1L), (Text(death["reason"]), Text(death["queue"]), Text(death["exchange"]), death["count"]));
        Assert.Equal([queue], Assert.IsType<List<object?>>(death["routing-keys"]).Select(Text));
        Assert.True(Assert.IsType<AmqpTimestamp>(death["time"]).UnixTime > 1_700_000_000);
    }

    [Fact]
    public async Task Key_of_the_queue_replaces_the_messages()
    {
        var (channel, queue, graveyard) = await DeclareAsync(new() { ["x-dead-letter-routing-key"] = "buried" });
        await channel.PublishTextsAsync(queue, "body");
        await RejectAsync(channel, queue);
        Assert.Equal("buried", (await TakeAsync(channel, graveyard)).RoutingKey);
    }

    [Fact]
    public async Task Expiration_is_taken_off_and_remembered()
    {
        var (channel, queue, graveyard) = await DeclareAsync([]);
        await channel.BasicPublishAsync("", queue, false, new BasicProperties { Expiration = "20" }, "body"u8.ToArray());
        var dead = await TakeAsync(channel, graveyard);
        Assert.False(dead.BasicProperties.IsExpirationPresent());
        Assert.Equal("20", Text(Assert.Single(Deaths(dead))["original-expiration"]));
    }

    [Fact]
    public async Task First_death_stays_and_the_last_is_the_latest()
    {
        var channel = await OpenChannelAsync();
        var (work, retry) = (NewQueueName("work"), NewQueueName("retry"));
        await DeclareAsync(channel, work, new() { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = retry });
        await DeclareAsync(channel, retry,
            new() { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = work, ["x-message-ttl"] = 10 });
        await channel.PublishTextsAsync(work, "body");
        await RejectAsync(channel, work);
        var headers = (await TakeAsync(channel, work)).BasicProperties.Headers!;
        Assert.Equal(("rejected", work, ""),
            (Text(headers["x-first-death-reason"]), Text(headers["x-first-death-queue"]), Text(headers["x-first-death-exchange"])));
        Assert.Equal(Expected(rabbitMq310: false, hareMq: true), headers.ContainsKey("x-last-death-reason"));
        if (Broker.IsRabbitMq) return;
        Assert.Equal(("expired", retry, ""),
            (Text(headers["x-last-death-reason"]), Text(headers["x-last-death-queue"]), Text(headers["x-last-death-exchange"])));
    }

    [Fact]
    public async Task Account_of_a_publisher_is_no_history()
    {
        var (channel, queue, graveyard) = await DeclareAsync([]);
        var forged = new Dictionary<string, object?> { ["count"] = 7L, ["queue"] = queue, ["reason"] = "rejected", ["exchange"] = "" };
        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["x-death"] = new List<object?> { forged } } };
        await channel.BasicPublishAsync("", queue, false, properties, "body"u8.ToArray());
        await RejectAsync(channel, queue);
        Assert.Equal(Expected(rabbitMq310: 8L, hareMq: 1L), Assert.Single(Deaths(await TakeAsync(channel, graveyard)))["count"]);
    }

    [Fact]
    public async Task Copies_that_the_sender_named_are_made_of_the_dead_letter_too()
    {
        var channel = await OpenChannelAsync();
        var (exchange, copy) = (NewExchangeName("dead"), NewQueueName("copy"));
        await channel.ExchangeDeclareAsync(exchange, "direct");
        await channel.QueueDeclareAsync(copy, durable: false, exclusive: true, autoDelete: false);
        var queue = await channel.DeclareQueueAsync(new() { ["x-dead-letter-exchange"] = exchange });
        var graveyard = await channel.DeclareBoundQueueAsync(exchange, queue);
        var copies = await channel.DeclareBoundQueueAsync(exchange, copy);
        await PublishWithCopyAsync(channel, queue, copy);
        await RejectAsync(channel, queue);
        foreach (var target in new[] { graveyard, copies })
        {
            var dead = await TakeAsync(channel, target);
            Assert.Equal([queue, copy], Assert.IsType<List<object?>>(Assert.Single(Deaths(dead))["routing-keys"]).Select(Text));
            Assert.True(dead.BasicProperties.Headers!.ContainsKey("CC"));
        }
    }

    [Fact]
    public async Task Key_of_the_queue_replaces_the_copies_too()
    {
        var channel = await OpenChannelAsync();
        var (exchange, copy) = (NewExchangeName("dead"), NewQueueName("copy"));
        await channel.ExchangeDeclareAsync(exchange, "direct");
        await channel.QueueDeclareAsync(copy, durable: false, exclusive: true, autoDelete: false);
        var queue = await channel.DeclareQueueAsync(new()
        {
            ["x-dead-letter-exchange"] = exchange, ["x-dead-letter-routing-key"] = "buried",
        });
        var graveyard = await channel.DeclareBoundQueueAsync(exchange, "buried");
        var copies = await channel.DeclareBoundQueueAsync(exchange, copy);
        await PublishWithCopyAsync(channel, queue, copy);
        await RejectAsync(channel, queue);
        var dead = await TakeAsync(channel, graveyard);
        Assert.Equal([queue, copy], Assert.IsType<List<object?>>(Assert.Single(Deaths(dead))["routing-keys"]).Select(Text));
        Assert.False(dead.BasicProperties.Headers!.ContainsKey("CC"));
        Assert.Equal(0u, await channel.MessageCountAsync(copies));
    }

    [Fact]
    public async Task Deaths_of_one_kind_are_counted_and_the_latest_is_first()
    {
        var channel = await OpenChannelAsync();
        var (work, retry) = (NewQueueName("work"), NewQueueName("retry"));
        await DeclareAsync(channel, work, new() { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = retry });
        await DeclareAsync(channel, retry,
            new() { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = work, ["x-message-ttl"] = 10 });
        await channel.PublishTextsAsync(work, "again and again");
        for (var n = 0; n < 3; n++)
        {
            var message = await Eventually.NotNullAsync(() => channel.BasicGetAsync(work, autoAck: false), "the message");
            await channel.BasicRejectAsync(message.DeliveryTag, requeue: false);
        }
        var deaths = Deaths(await Eventually.NotNullAsync(() => channel.BasicGetAsync(work, autoAck: true), "the message"));
        Assert.Equal([("expired", retry, 3L), ("rejected", work, 3L)],
            deaths.Select(death => (Text(death["reason"]), Text(death["queue"]), (long)death["count"]!)));
    }

    [Fact]
    public async Task Cycle_without_a_consumer_ends()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = NewQueueName();
        await DeclareAsync(channel, queue,
            new() { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = queue, ["x-message-ttl"] = 20 });
        await channel.PublishTextsAsync(queue, "round and round");
        await Eventually.Equal(0u, () => channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Missing_dead_letter_exchange_drops_the_message()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-dead-letter-exchange"] = "missing" });
        await channel.PublishTextsAsync(queue, "body");
        await RejectAsync(channel, queue);
        Assert.Equal(0u, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Order_of_the_dead_is_kept()
    {
        var (channel, queue, graveyard) = await DeclareAsync([]);
        var texts = Enumerable.Range(0, 50).Select(n => $"{n}").ToArray();
        await channel.PublishTextsAsync(queue, texts);
        ulong last = 0;
        while (await channel.BasicGetAsync(queue, autoAck: false) is { } message) last = message.DeliveryTag;
        await channel.BasicNackAsync(last, multiple: true, requeue: false);
        await Eventually.Equal(50u, () => channel.MessageCountAsync(graveyard));
        Assert.Equal(texts, await channel.TakeAllAsync(graveyard));
    }

    [Fact]
    public async Task Deleted_or_purged_messages_are_no_dead_letters()
    {
        var (channel, queue, graveyard) = await DeclareAsync([]);
        await channel.PublishTextsAsync(queue, "purged");
        await channel.QueuePurgeAsync(queue);
        await channel.PublishTextsAsync(queue, "deleted");
        await channel.QueueDeleteAsync(queue);
        Assert.Equal(0u, await channel.MessageCountAsync(graveyard));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copies_are_remembered_and_lose_their_keys_to_that_of_the_queue(bool hasOwnKey)
    {
        var arguments = new Dictionary<string, object?> { ["x-message-ttl"] = 20 };
        if (hasOwnKey) arguments["x-dead-letter-routing-key"] = "own";
        var (channel, queue, graveyard) = await DeclareAsync(arguments);
        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["CC"] = new List<object?> { "copy" } } };
        await channel.BasicPublishAsync("", queue, mandatory: false, properties, "body"u8.ToArray());
        var dead = await TakeAsync(channel, graveyard);
        var keys = Assert.IsType<List<object?>>(Assert.Single(Deaths(dead))["routing-keys"]).Select(Text);
        Assert.Equal([queue, "copy"], keys);
        Assert.Equal(!hasOwnKey, dead.BasicProperties.Headers!.ContainsKey("CC"));
    }

    [Fact]
    public async Task Refused_message_is_a_dead_letter_on_request()
    {
        var (channel, queue, graveyard) = await DeclareAsync(new() { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish-dlx" });
        await channel.PublishTextsAsync(queue, "fits", "refused");
        Assert.Equal("refused", (await TakeAsync(channel, graveyard)).Text());
        Assert.Equal(["fits"], await channel.TakeAllAsync(queue));
    }

    /// <summary>A queue whose dead letters reach the graveyard through a fanout exchange.</summary>
    private async Task<(IChannel Channel, string Queue, string Graveyard)> DeclareAsync(Dictionary<string, object?> arguments)
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName("dead");
        await channel.ExchangeDeclareAsync(exchange, "fanout");
        var graveyard = await channel.DeclareBoundQueueAsync(exchange);
        arguments["x-dead-letter-exchange"] = exchange;
        return (channel, await channel.DeclareQueueAsync(arguments), graveyard);
    }

    private static async Task PublishWithCopyAsync(IChannel channel, string queue, string copy)
    {
        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["CC"] = new List<object?> { copy } } };
        await channel.BasicPublishAsync("", queue, false, properties, "body"u8.ToArray());
    }

    private static Task DeclareAsync(IChannel channel, string queue, Dictionary<string, object?> arguments) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);

    private static async Task RejectAsync(IChannel channel, string queue)
    {
        var message = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.BasicRejectAsync(message!.DeliveryTag, requeue: false);
    }

    private static Task<BasicGetResult> TakeAsync(IChannel channel, string queue) =>
        Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: true), "the dead letter");

    private static IEnumerable<Dictionary<string, object?>> Deaths(BasicGetResult message) =>
        Assert.IsType<List<object?>>(message.BasicProperties.Headers!["x-death"]).Cast<Dictionary<string, object?>>();

    private static string Text(object? value) => Encoding.UTF8.GetString(Assert.IsType<byte[]>(value));
}

public sealed class DeadLettersOnRabbitMq(RabbitMqFixture broker) : DeadLetters(broker);

public sealed class DeadLettersOnHareMq(HareMqFixture broker) : DeadLetters(broker);
