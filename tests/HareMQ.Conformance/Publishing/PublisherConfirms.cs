using HareMQ.Conformance.Harness;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.Publishing;

/// <summary>RabbitMQ's confirm.select: the broker says which messages it has taken over.</summary>
public abstract class PublisherConfirms(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Client_awaits_the_confirm_of_every_publish()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = NewQueueName();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        for (var n = 0; n < 20; n++)
        {
            await channel.BasicPublishAsync("", queue, false, new BasicProperties { Persistent = n % 2 == 0 }, "confirmed"u8.ToArray());
            Assert.Equal((uint)n + 1, await channel.MessageCountAsync(queue));
        }
    }

    [Fact]
    public async Task Confirms_count_from_one_and_cover_every_message()
    {
        var wire = await OpenConfirmWireAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync([.. Enumerable.Range(0, 200).Select(n => WireClient.Publish(1, "", queue, [(byte)n]))]);
        await ExpectAcksAsync(wire, 200);
    }

    [Fact]
    public async Task Count_starts_with_the_first_publish_after_select()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [1]), WireClient.Publish(1, "", queue, [2]));
        await SelectAsync(wire);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [3]));
        await ExpectAcksAsync(wire, 1);
    }

    [Fact]
    public async Task Second_select_changes_nothing()
    {
        var wire = await OpenConfirmWireAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [1]));
        await ExpectAcksAsync(wire, 1);
        await SelectAsync(wire);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [2]));
        Assert.Equal((2ul, false), ReadAck(await wire.ExpectAsync(MethodId.BasicAck, 1)));
    }

    [Fact]
    public async Task Select_without_wait_has_no_answer()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.ConfirmSelect, arguments => arguments.Bits(true));
        await wire.SendAsync(WireClient.Publish(1, "", "nowhere", []));
        Assert.Equal((1ul, false), ReadAck(await wire.ExpectAsync(MethodId.BasicAck, 1)));
    }

    [Fact]
    public async Task Unroutable_message_is_confirmed()
    {
        var channel = await OpenConfirmChannelAsync();
        await channel.PublishTextAsync("amq.direct", "nobody-bound-this", "dropped and confirmed");
        Assert.True(channel.IsOpen);
    }

    [Fact]
    public async Task Return_comes_before_the_confirm()
    {
        var wire = await OpenConfirmWireAsync();
        await wire.SendAsync(WireClient.Publish(1, "", "nowhere", "back"u8.ToArray(), mandatory: true));
        Assert.Equal("back"u8.ToArray(), (await wire.ExpectContentAsync(MethodId.BasicReturn, 1)).Body);
        Assert.Equal((1ul, false), ReadAck(await wire.ExpectAsync(MethodId.BasicAck, 1)));
    }

    [Fact]
    public async Task Client_learns_of_a_returned_message_by_an_exception()
    {
        var channel = await OpenConfirmChannelAsync();
        var exception = await Assert.ThrowsAnyAsync<PublishException>(
            () => channel.PublishTextAsync("", "nowhere", "back", mandatory: true));
        Assert.True(exception.IsReturn);
    }

    [Fact]
    public async Task Message_refused_by_a_full_queue_is_nacked()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });
        await channel.PublishTextAsync("", queue, "fits");
        var exception = await Assert.ThrowsAnyAsync<PublishException>(() => channel.PublishTextAsync("", queue, "refused"));
        Assert.False(exception.IsReturn);
        Assert.Equal(["fits"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Message_that_a_length_limit_drops_at_once_is_confirmed()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 0 });
        await channel.PublishTextAsync("", queue, "dropped");
        Assert.Null(await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Message_fanned_out_is_confirmed_once()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "fanout");
        for (var n = 0; n < 5; n++) await channel.DeclareBoundQueueAsync(exchange);
        var wire = await OpenConfirmWireAsync();
        await wire.SendAsync(WireClient.Publish(1, exchange, "", [1]), WireClient.Publish(1, exchange, "", [2]));
        await ExpectAcksAsync(wire, 2);
        await wire.CloseChannelAsync(1);
    }

    [Fact]
    public async Task Confirms_reach_a_publisher_of_persistent_messages_to_many_queues()
    {
        var wire = await OpenConfirmWireAsync();
        var queues = Enumerable.Range(0, 10).Select(_ => NewQueueName()).ToArray();
        foreach (var queue in queues) await wire.SendAsync(WireClient.QueueDeclare(1, queue, durable: true, noWait: true));
        for (var round = 0; round < 10; round++)
        {
            foreach (var queue in queues)
            {
                await wire.SendAsync(
                    WireClient.PublishMethod(1, "", queue), WireWriter.Header(1, 1, properties => properties.Short(1 << 12).Octet(2)),
                    WireWriter.Body(1, [7]));
            }
        }
        await ExpectAcksAsync(wire, 100);
    }

    [Fact]
    public async Task Confirm_channel_cannot_become_transactional()
    {
        var wire = await OpenConfirmWireAsync();
        await wire.SendMethodAsync(1, MethodId.TxSelect);
        Assert.Equal(
            new WireClose(406, "PRECONDITION_FAILED - cannot switch from confirm to tx mode", MethodId.TxSelect),
            await wire.ExpectChannelCloseAsync(1));
    }

    [Fact]
    public async Task Transactional_channel_cannot_become_confirming()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.TxSelect);
        await wire.ExpectAsync(MethodId.TxSelectOk, 1);
        await wire.SendMethodAsync(1, MethodId.ConfirmSelect, arguments => arguments.Bits(false));
        Assert.Equal(
            new WireClose(406, "PRECONDITION_FAILED - cannot switch from tx to confirm mode", MethodId.ConfirmSelect),
            await wire.ExpectChannelCloseAsync(1));
    }

    private async Task<WireClient> OpenConfirmWireAsync()
    {
        var wire = await OpenWireChannelAsync();
        await SelectAsync(wire);
        return wire;
    }

    private static async Task SelectAsync(WireClient wire)
    {
        await wire.SendMethodAsync(1, MethodId.ConfirmSelect, arguments => arguments.Bits(false));
        await wire.ExpectAsync(MethodId.ConfirmSelectOk, 1);
    }

    /// <summary>Acks of 1 to count, each exactly once, singly or by <c>multiple</c>, in whatever order.</summary>
    private static async Task ExpectAcksAsync(WireClient wire, int count)
    {
        var outstanding = new SortedSet<ulong>(Enumerable.Range(1, count).Select(n => (ulong)n));
        while (outstanding.Count > 0)
        {
            var (tag, multiple) = ReadAck(await wire.ExpectAsync(MethodId.BasicAck, 1));
            Assert.Contains(tag, outstanding);
            if (multiple) outstanding.RemoveWhere(other => other <= tag);
            else outstanding.Remove(tag);
        }
    }

    private static (ulong DeliveryTag, bool Multiple) ReadAck(WireFrame frame)
    {
        var arguments = frame.Arguments();
        return (arguments.LongLong(), arguments.Octet() != 0);
    }
}

public sealed class PublisherConfirmsOnRabbitMq(RabbitMqFixture broker) : PublisherConfirms(broker);

public sealed class PublisherConfirmsOnHareMq(HareMqFixture broker) : PublisherConfirms(broker);
