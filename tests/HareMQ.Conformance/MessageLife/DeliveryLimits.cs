using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.MessageLife;

/// <summary>The delivery limit of RabbitMQ's quorum queues.</summary>
public abstract class DeliveryLimits(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Deliveries_tell_how_often_the_message_came_back()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue, new() { ["x-delivery-limit"] = 5 });
        await channel.PublishTextsAsync(queue, "body");
        var counts = new List<object?>();
        for (var delivery = 0; delivery < 3; delivery++)
        {
            var message = await TakeAsync(channel, queue);
            Assert.Equal(delivery > 0, message.Redelivered);
            counts.Add(CountOf(message.BasicProperties));
            await channel.BasicRejectAsync(message.DeliveryTag, requeue: true);
        }

        Assert.Equal([Expected<object?>(rabbitMq310: 0L, hareMq: null), 1L, 2L], counts);
    }

    [Fact]
    public async Task Deliveries_to_a_consumer_tell_it_too()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue, []);
        await channel.BasicQosAsync(0, 1, global: false);
        var consumer = await TestConsumer.StartAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "body");
        var counts = new List<object?>();
        for (var delivery = 0; delivery < 3; delivery++)
        {
            var message = await consumer.NextAsync();
            counts.Add(CountOf(message.Properties));
            await channel.BasicRejectAsync(message.DeliveryTag, requeue: true);
        }

        Assert.Equal([null, 1L, 2L], counts);
    }

    [Fact]
    public async Task Message_that_came_back_once_too_often_is_a_dead_letter()
    {
        var (channel, queue, graveyard) = (await OpenConfirmChannelAsync(), NewQueueName(), NewQueueName("graveyard"));
        await DeclareAsync(channel, graveyard, []);
        await DeclareAsync(channel, queue, new()
        {
            ["x-delivery-limit"] = 1, ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = graveyard,
        });
        await channel.PublishTextsAsync(queue, "body");
        for (var delivery = 0; delivery < 2; delivery++)
            await channel.BasicRejectAsync((await TakeAsync(channel, queue)).DeliveryTag, requeue: true);

        var dead = await TakeAsync(channel, graveyard);
        var headers = dead.BasicProperties.Headers!;
        var death = Assert.IsType<Dictionary<string, object?>>(Assert.Single(Assert.IsType<List<object?>>(headers["x-death"])));
        Assert.Equal(("delivery_limit", queue, 1L), (Text(death["reason"]), Text(death["queue"]), death["count"]));
        Assert.Equal("delivery_limit", Text(headers["x-first-death-reason"]));
        Assert.Null(await channel.BasicGetAsync(queue, autoAck: true));
    }

    [Fact]
    public async Task Limit_of_zero_is_one_delivery()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue, new() { ["x-delivery-limit"] = 0 });
        await channel.PublishTextsAsync(queue, "first", "second");
        await channel.BasicRejectAsync((await TakeAsync(channel, queue)).DeliveryTag, requeue: true);
        Assert.Equal("second", (await TakeAsync(channel, queue)).Text());
        Assert.Null(await channel.BasicGetAsync(queue, autoAck: false));
    }

    [Fact]
    public async Task Returns_by_a_closed_channel_count()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue, new() { ["x-delivery-limit"] = 1 });
        await channel.PublishTextsAsync(queue, "body");
        for (var delivery = 0; delivery < 2; delivery++)
        {
            var other = await OpenChannelAsync();
            await TakeAsync(other, queue);
            await other.CloseAsync();
        }

        await Eventually.Equal(0u, () => channel.MessageCountAsync(queue));
        Assert.Null(await channel.BasicGetAsync(queue, autoAck: true));
    }

    private static object? CountOf(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue("x-delivery-count", out var count) == true ? count : null;

    private static Task DeclareAsync(IChannel channel, string queue, Dictionary<string, object?> arguments)
    {
        arguments["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);
    }

    private static Task<BasicGetResult> TakeAsync(IChannel channel, string queue) =>
        Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: false), "the message");

    private static string Text(object? value) => Encoding.UTF8.GetString(Assert.IsType<byte[]>(value));
}

public sealed class DeliveryLimitsOnRabbitMq(RabbitMqFixture broker) : DeliveryLimits(broker);

public sealed class DeliveryLimitsOnHareMq(HareMqFixture broker) : DeliveryLimits(broker);
