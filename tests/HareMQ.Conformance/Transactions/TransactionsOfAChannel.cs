using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Transactions;

/// <summary>AMQP 0-9-1 tx: publishes and acknowledgements that take effect together at commit.</summary>
public abstract class TransactionsOfAChannel(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Published_messages_appear_at_commit()
    {
        var (channel, other, queue) = await SelectAsync();
        await channel.PublishTextsAsync(queue, "one", "two");
        Assert.Equal(0u, await channel.MessageCountAsync(queue));
        await channel.TxCommitAsync();
        Assert.Equal(["one", "two"], await other.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Published_messages_are_forgotten_at_rollback()
    {
        var (channel, other, queue) = await SelectAsync();
        await channel.PublishTextsAsync(queue, "never");
        await channel.TxRollbackAsync();
        await channel.PublishTextsAsync(queue, "committed");
        await channel.TxCommitAsync();
        Assert.Equal(["committed"], await other.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Closed_channel_is_a_rollback()
    {
        var (channel, other, queue) = await SelectAsync();
        await other.PublishTextsAsync(queue, "acked");
        var message = await Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: false), "the message");
        await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        await channel.PublishTextsAsync(queue, "never");
        await channel.CloseAsync();
        Assert.Equal(["acked"], await other.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Acks_take_effect_at_commit()
    {
        var (channel, other, queue) = await SelectAsync();
        await other.PublishTextsAsync(queue, "one", "two");
        foreach (var _ in new[] { "one", "two" })
        {
            var message = await Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: false), "the message");
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        }
        await channel.TxCommitAsync();
        await channel.CloseAsync();
        Assert.Equal(0u, await other.QueueDeleteAsync(queue));
    }

    [Fact]
    public async Task Rolled_back_ack_leaves_the_message_unacked_on_its_channel()
    {
        var (channel, other, queue) = await SelectAsync();
        await other.PublishTextsAsync(queue, "kept");
        var message = await Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: false), "the message");
        await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        await channel.TxRollbackAsync();
        Assert.Null(await channel.BasicGetAsync(queue, autoAck: false));
        await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        await channel.TxCommitAsync();
        await channel.CloseAsync();
        Assert.Equal(0u, await other.QueueDeleteAsync(queue));
    }

    [Fact]
    public async Task Rejects_take_effect_at_commit()
    {
        var (channel, other, queue) = await SelectAsync();
        await other.PublishTextsAsync(queue, "back");
        var message = await Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: false), "the message");
        await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true);
        Assert.Null(await other.TakeTextAsync(queue));
        await channel.TxCommitAsync();
        Assert.Equal("back", (await Eventually.NotNullAsync(() => other.BasicGetAsync(queue, autoAck: true), "the message")).Text());
    }

    [Fact]
    public async Task Unroutable_mandatory_message_is_returned_at_commit_before_its_answer()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.TxSelect);
        await wire.ExpectAsync(MethodId.TxSelectOk, 1);
        await wire.SendAsync(WireClient.Publish(1, "", "nowhere", [1], mandatory: true));
        await wire.DeclareQueueAsync(1);
        await wire.SendMethodAsync(1, MethodId.TxCommit);
        await wire.ExpectContentAsync(MethodId.BasicReturn, 1);
        await wire.ExpectAsync(MethodId.TxCommitOk, 1);
    }

    [Fact]
    public async Task Second_select_keeps_the_transaction()
    {
        var (channel, other, queue) = await SelectAsync();
        await channel.PublishTextsAsync(queue, "one");
        await channel.TxSelectAsync();
        await channel.TxCommitAsync();
        Assert.Equal(["one"], await other.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Empty_transaction_commits_and_rolls_back()
    {
        var channel = await OpenChannelAsync();
        await channel.TxSelectAsync();
        await channel.TxCommitAsync();
        await channel.TxRollbackAsync();
        await channel.TxCommitAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_or_rollback_without_select_is_406(bool commit)
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 406, "PRECONDITION_FAILED - channel is not transactional",
            () => commit ? channel.TxCommitAsync() : channel.TxRollbackAsync());
    }

    [Fact]
    public async Task Unknown_tag_fails_at_the_ack_itself()
    {
        var (channel, _, _) = await SelectAsync();
        await ExpectChannelErrorAsync(channel, 406, "PRECONDITION_FAILED - unknown delivery tag 5",
            () => channel.BasicAckAsync(5, multiple: false).AsTask());
    }

    [Fact]
    public async Task Missing_exchange_fails_at_the_publish_itself()
    {
        var (channel, other, queue) = await SelectAsync();
        await channel.PublishTextsAsync(queue, "goes with it");
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no exchange 'missing' in vhost '/'",
            () => channel.PublishTextAsync("missing", "key", "lost"));
        Assert.Empty(await other.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Publish_refused_by_a_full_queue_fails_the_commit()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });
        await channel.TxSelectAsync();
        await channel.PublishTextsAsync(queue, "fits", "does not");
        await ExpectChannelErrorAsync(channel, 406, "PRECONDITION_FAILED - partial tx completion", () => channel.TxCommitAsync());
    }

    private async Task<(IChannel Transactional, IChannel Other, string Queue)> SelectAsync()
    {
        var other = await OpenChannelAsync();
        var queue = await other.DeclareQueueAsync();
        var channel = await OpenChannelAsync();
        await channel.TxSelectAsync();
        return (channel, other, queue);
    }
}

public sealed class TransactionsOfAChannelOnRabbitMq(RabbitMqFixture broker) : TransactionsOfAChannel(broker);

public sealed class TransactionsOfAChannelOnHareMq(HareMqFixture broker) : TransactionsOfAChannel(broker);
