using HareMQ.Conformance.Harness;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.Administration;

public abstract class PoliciesOfQueues(BrokerFixture broker) : PolicyTest(broker)
{
    [Fact]
    public async Task Policy_applies_to_a_queue_that_exists_and_ends_with_its_clearing()
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "1", "2", "3");
        await SetAsync(queue, """{"max-length":2}""");
        await Eventually.Equal(2u, () => channel.MessageCountAsync(queue));
        await ClearAsync(queue);
        await channel.PublishTextsAsync(queue, "4");
        Assert.Equal(["2", "3", "4"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Policy_applies_to_a_queue_declared_later()
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await SetAsync(queue, """{"message-ttl":0}""");
        await DeclareAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "1");
        Assert.Null(await channel.TakeTextAsync(queue));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public async Task Lower_of_the_argument_and_the_policy_counts(int argument, int policy)
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await SetAsync(queue, $$"""{"max-length":{{policy}}}""");
        await DeclareAsync(channel, queue, new() { ["x-max-length"] = argument });
        await channel.PublishTextsAsync(queue, "1", "2", "3", "4");
        Assert.Equal(["3", "4"], await channel.TakeAllAsync(queue));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public async Task Lower_of_a_users_and_an_operators_policy_counts(int user, int limit)
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await SetAsync(queue, $$"""{"max-length":{{user}}}""");
        await SetAsync(queue, $$"""{"max-length":{{limit}}}""", isOperator: true);
        await DeclareAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "1", "2", "3", "4");
        Assert.Equal(["3", "4"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Highest_priority_counts()
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await SetAsync(queue, """{"max-length":1}""", priority: 1);
        await SetAsync(queue, """{"max-length":3}""", priority: 2);
        await DeclareAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "1", "2", "3", "4");
        Assert.Equal(["2", "3", "4"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Policy_of_exchanges_is_not_for_queues()
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await SetAsync(queue, """{"max-length":1}""", applyTo: "exchanges");
        await DeclareAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "1", "2");
        Assert.Equal(["1", "2"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Full_queue_refuses_once_a_policy_says_so()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue, new() { ["x-max-length"] = 1 });
        await channel.PublishTextAsync("", queue, "1");
        await channel.PublishTextAsync("", queue, "2");
        await SetAsync(queue, """{"overflow":"reject-publish"}""");
        await Assert.ThrowsAnyAsync<PublishException>(() => channel.PublishTextAsync("", queue, "3"));
        Assert.Equal(["2"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Overflow_argument_of_a_classic_queue_wins()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await SetAsync(queue, """{"overflow":"reject-publish","max-length":1}""");
        await DeclareAsync(channel, queue, new() { ["x-overflow"] = "drop-head" });
        await channel.PublishTextAsync("", queue, "1");
        await channel.PublishTextAsync("", queue, "2");
        Assert.Equal(["2"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Overflow_policy_wins_over_the_argument_of_a_quorum_queue()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await SetAsync(queue, """{"overflow":"drop-head","max-length":1}""");
        await DeclareAsync(channel, queue, new() { ["x-overflow"] = "reject-publish", ["x-queue-type"] = "quorum" });
        for (var n = 1; n <= 5; n++) await channel.PublishTextAsync("", queue, $"{n}");
        await Eventually.Equal(1u, () => channel.MessageCountAsync(queue));
        Assert.Equal(["5"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Dead_letter_argument_wins()
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        var (argued, unargued) = (NewQueueName("argued"), NewQueueName("unargued"));
        await DeclareAsync(channel, argued);
        await DeclareAsync(channel, unargued);
        await SetAsync(queue, $$"""{"dead-letter-exchange":"","dead-letter-routing-key":"{{unargued}}","message-ttl":0}""");
        await DeclareAsync(channel, queue, new() { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = argued });
        await channel.PublishTextsAsync(queue, "by the argument");
        await Eventually.Equal("by the argument", () => channel.TakeTextAsync(argued));
        await channel.QueueDeleteAsync(queue);
        await DeclareAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "by the policy");
        await Eventually.Equal("by the policy", () => channel.TakeTextAsync(unargued));
    }

    [Fact]
    public async Task Unused_queue_expires_by_policy()
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue);
        await SetAsync(queue, """{"expires":100}""");
        await Eventually.Equal(false, async () => await ExistsAsync(queue));
    }

    private static Task DeclareAsync(IChannel channel, string queue, Dictionary<string, object?>? arguments = null) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);

    /// <summary>Asks for what needs no declaration, which would be a use of the queue.</summary>
    private async Task<bool> ExistsAsync(string queue)
    {
        await using var channel = await OpenChannelAsync(await ConnectAsync());
        try
        {
            await channel.QueueBindAsync(queue, "amq.direct", "key");
            return true;
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == 404)
        {
            return false;
        }
    }
}

public sealed class PoliciesOfQueuesOnRabbitMq(RabbitMqFixture broker) : PoliciesOfQueues(broker);

public sealed class PoliciesOfQueuesOnHareMq(HareMqFixture broker) : PoliciesOfQueues(broker);
