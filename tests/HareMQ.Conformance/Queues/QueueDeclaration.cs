using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Queues;

/// <summary>AMQP 0-9-1 queue.declare: names, counts, equivalence.</summary>
public abstract class QueueDeclaration(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Queue_without_a_name_gets_one()
    {
        var channel = await OpenChannelAsync();
        var (first, second) = (await channel.DeclareQueueAsync(), await channel.DeclareQueueAsync());
        Assert.Matches("^amq\\.gen-[A-Za-z0-9_-]{22}$", first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Declaration_answers_with_name_and_counts()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        Assert.Equal((queue, 0u, 0u), Read(await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false)));
        await channel.BasicQosAsync(0, 1, global: false);
        var consumer = await TestConsumer.StartAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "unacked", "ready", "ready");
        await consumer.NextAsync();
        await Eventually.Equal((queue, 2u, 1u), async () => Read(await channel.QueueDeclarePassiveAsync(queue)));

        static (string Queue, uint Messages, uint Consumers) Read(QueueDeclareOk ok) => (ok.QueueName, ok.MessageCount, ok.ConsumerCount);
    }

    [Fact]
    public async Task Name_with_the_reserved_prefix_is_403()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 403, "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
            () => channel.QueueDeclareAsync("amq.mine"));
    }

    [Fact]
    public async Task Server_named_queue_can_be_declared_again_only_passively()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        Assert.Equal(queue, (await channel.QueueDeclarePassiveAsync(queue)).QueueName);
        await ExpectChannelErrorAsync(channel, 403, $"ACCESS_REFUSED - queue name '{queue}' contains reserved prefix 'amq.*'",
            () => channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false));
    }

    [Fact]
    public async Task Passive_declaration_of_a_missing_queue_is_404()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no queue 'missing' in vhost '/'",
            () => channel.QueueDeclarePassiveAsync("missing"));
    }

    [Fact]
    public async Task Passive_declaration_looks_at_the_name_alone()
    {
        var wire = await OpenWireChannelAsync();
        var queue = NewQueueName();
        await wire.SendAsync(
            WireClient.QueueDeclare(1, queue, autoDelete: true), WireClient.QueueDeclare(1, queue, passive: true, durable: true));
        for (var n = 0; n < 2; n++) Assert.Equal(queue, (await wire.ExpectAsync(MethodId.QueueDeclareOk, 1)).Arguments().ShortString());
    }

    [Theory]
    [InlineData(false, false, "'durable'", "received 'false' but current is 'true'")]
    [InlineData(true, true, "'auto_delete'", "received 'true' but current is 'false'")]
    public async Task Declaration_that_differs_is_406(bool durable, bool autoDelete, string property, string difference)
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - inequivalent arg {property} for queue '{queue}' in vhost '/': {difference}",
            () => channel.QueueDeclareAsync(queue, durable, exclusive: false, autoDelete));
    }

    [Theory]
    [InlineData(20, null, "received none but current is the value '20' of type 'signedint'")]
    [InlineData(null, 20, "received the value '20' of type 'signedint' but current is none")]
    [InlineData(10, 20, "received '20' but current is '10'")]
    public async Task Argument_that_differs_is_406(int? first, int? second, string difference)
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await DeclareAsync(first);
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue '{queue}' in vhost '/': {difference}",
            () => DeclareAsync(second));

        Task<QueueDeclareOk> DeclareAsync(int? ttl) => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
            ttl is null ? null : new Dictionary<string, object?> { ["x-message-ttl"] = ttl });
    }

    [Fact]
    public async Task Integers_of_any_width_are_the_same_argument()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        foreach (object ttl in new object[] { 100, 100L, (short)100, (sbyte)100, (byte)100 })
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-message-ttl"] = ttl });
        }
    }

    [Fact]
    public async Task Unknown_arguments_are_stored_and_not_compared()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        foreach (var colour in new[] { "red", "blue" })
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-colour"] = colour });
        }
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
    }

    [Fact]
    public async Task Queue_type_classic_is_the_same_as_none()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "classic" });
    }

    [Theory]
    [InlineData("name with space/slash%percent.dot")]
    [InlineData("Gänsefüßchen „ж“ 🐇")]
    public async Task Any_characters_may_stand_in_a_name(string characters)
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName(characters);
        Assert.Equal(queue, (await channel.QueueDeclareAsync(queue)).QueueName);
        await channel.PublishTextAsync("", queue, "hello");
        Assert.Equal("hello", await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Line_ends_are_stripped_from_a_name()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        Assert.Equal(queue,
            (await channel.QueueDeclareAsync($"{queue}\r\n", durable: true, exclusive: false, autoDelete: false)).QueueName);
    }

    [Fact]
    public async Task Empty_name_means_the_last_declared_queue()
    {
        var channel = await OpenChannelAsync();
        await channel.DeclareQueueAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextAsync("", queue, "one");
        Assert.Equal("one", await channel.TakeTextAsync(""));
        await channel.PublishTextAsync("", queue, "two");
        Assert.Equal(1u, await channel.QueuePurgeAsync(""));
        await channel.PublishTextAsync("", queue, "three");
        var consumer = await TestConsumer.StartAsync(channel, "");
        Assert.Equal("three", (await consumer.NextAsync()).Text);
        await channel.QueueDeleteAsync("");
        Assert.Equal(consumer.ConsumerTag, await consumer.CancelledByServerAsync());
    }

    [Theory]
    [InlineData("consume")]
    [InlineData("get")]
    [InlineData("purge")]
    [InlineData("delete")]
    public async Task Empty_name_on_a_fresh_channel_is_404(string operation)
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no previously declared queue", () => operation switch
        {
            "consume" => TestConsumer.StartAsync(channel, ""),
            "get" => channel.BasicGetAsync("", autoAck: true),
            "purge" => channel.QueuePurgeAsync(""),
            _ => channel.QueueDeleteAsync(""),
        });
    }

    [Fact]
    public async Task Declaration_without_wait_has_no_answer_but_its_error_has()
    {
        var wire = await OpenWireChannelAsync();
        var queue = NewQueueName();
        await wire.SendAsync(
            WireClient.QueueDeclare(1, queue, durable: true, noWait: true), WireClient.QueueDeclare(1, queue, passive: true));
        await wire.ExpectAsync(MethodId.QueueDeclareOk, 1);
        await wire.SendAsync(WireClient.QueueDeclare(1, queue, durable: false, noWait: true));
        Assert.Equal(406, (await wire.ExpectChannelCloseAsync(1)).Code);
    }
}

public sealed class QueueDeclarationOnRabbitMq(RabbitMqFixture broker) : QueueDeclaration(broker);

public sealed class QueueDeclarationOnHareMq(HareMqFixture broker) : QueueDeclaration(broker);
