using System.Text;
using HareMQ.Amqp.Tests.Connections;
using HareMQ.Broker.Alarms;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Server;

public sealed class AlarmTests
{
    [Theory]
    [InlineData((int)ResourceAlarm.Memory, "low on memory")]
    [InlineData((int)ResourceAlarm.Disk, "low on disk")]
    [InlineData((int)(ResourceAlarm.Memory | ResourceAlarm.Disk), "low on memory & disk")]
    public async Task A_publisher_is_told_once_and_not_read_until_all_alarms_are_clear(int alarms, string reason)
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await OpenAsync(broker, "q");
        broker.Alarms.Set((ResourceAlarm)alarms, on: true);
        Assert.Equal("blocking", broker.Connection.StateName);
        client.Publish(1, "q"u8, "first"u8);
        await client.FlushAsync();
        Assert.Equal(reason, Reason(await client.ExpectAsync(AmqpMethod.ConnectionBlocked)));
        Assert.Equal("blocked", broker.Connection.StateName);

        var read = broker.Connection.ReceivedBytes;
        client.Publish(1, "q"u8, "second"u8);
        client.Send(1, Get("q"));
        await client.FlushAsync();
        // Another alarm beside the first says nothing new, and one of two that goes says nothing at all.
        broker.Alarms.Set(ResourceAlarm.Memory | ResourceAlarm.Disk, on: true);
        broker.Alarms.Set(ResourceAlarm.Memory, on: false);
        Assert.Equal(read, broker.Connection.ReceivedBytes);
        broker.Alarms.Set(ResourceAlarm.Disk, on: false);
        await client.ExpectAsync(AmqpMethod.ConnectionUnblocked);
        await client.ExpectAsync(AmqpMethod.BasicGetOk);
        Assert.Equal("first", Encoding.UTF8.GetString(await client.ReceiveBodyAsync()));
        Assert.Equal("running", broker.Connection.StateName);
    }

    [Fact]
    public async Task A_blocked_connection_goes_on_receiving_deliveries()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var other = await OpenAsync(broker, "q");
        other.Publish(1, "q"u8, "kept back"u8);
        other.Send(1, new BasicGet("q"u8, noAck: false));
        await other.FlushAsync();
        await other.ExpectAsync(AmqpMethod.BasicGetOk);
        await other.ReceiveBodyAsync();

        var client = await OpenAsync(broker, "p");
        client.Send(1, new BasicConsume("q"u8, "tag"u8, noLocal: false, noAck: true, exclusive: false, noWait: false, []));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.BasicConsumeOk);
        broker.Alarms.Set(ResourceAlarm.Memory, on: true);
        client.Publish(1, "p"u8, "mine"u8);
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.ConnectionBlocked);
        // Now the message goes back to its queue, and on to the blocked consumer.
        other.Send(1, new BasicReject(1, requeue: true));
        await other.FlushAsync();
        await client.ExpectAsync(AmqpMethod.BasicDeliver);
        Assert.Equal("kept back", Encoding.UTF8.GetString(await client.ReceiveBodyAsync()));
    }

    [Fact]
    public async Task A_connection_that_only_declares_and_consumes_is_read_during_an_alarm()
    {
        await using var broker = await MemoryBroker.StartAsync();
        broker.Alarms.Set(ResourceAlarm.Disk, on: true);
        var client = await OpenAsync(broker, "q");
        client.Send(1, new BasicConsume("q"u8, "tag"u8, noLocal: false, noAck: true, exclusive: false, noWait: false, []));
        client.Send(1, Declare("other"));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.BasicConsumeOk);
        await client.ExpectAsync(AmqpMethod.QueueDeclareOk);
        Assert.Equal("blocking", broker.Connection.StateName);
    }

    [Fact]
    public async Task A_client_without_the_capability_is_blocked_without_a_word()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await OpenAsync(broker, "q", wantsBlocked: false);
        broker.Alarms.Set(ResourceAlarm.Memory, on: true);
        client.Publish(1, "q"u8, "first"u8);
        await client.FlushAsync();
        await Conditions.BecomesTrueAsync(() => broker.Connection.IsBlocked);
        client.Send(1, Declare("q"));
        await client.FlushAsync();
        broker.Alarms.Set(ResourceAlarm.Memory, on: false);
        await client.ExpectAsync(AmqpMethod.QueueDeclareOk);
    }

    [Fact]
    public async Task Each_alarm_blocks_a_publisher_anew()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await OpenAsync(broker, "q");
        for (var i = 0; i < 50; i++)
        {
            broker.Alarms.Set(ResourceAlarm.Memory, on: true);
            client.Publish(1, "q"u8, "again"u8);
            await client.FlushAsync();
            await client.ExpectAsync(AmqpMethod.ConnectionBlocked);
            broker.Alarms.Set(ResourceAlarm.Memory, on: false);
            await client.ExpectAsync(AmqpMethod.ConnectionUnblocked);
        }
    }

    [Fact]
    public async Task Closing_the_server_reaches_a_blocked_client_and_reads_its_answer()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await OpenBlockedAsync(broker);
        client.Publish(1, "q"u8, "never read"u8);
        await client.FlushAsync();
        var closing = broker.Server.CloseAsync("shutdown", TimeSpan.FromMinutes(1));
        Assert.Equal(320, ConnectionClose.Read((await client.ExpectAsync(AmqpMethod.ConnectionClose)).Arguments).ReplyCode);
        client.Send(0, new ConnectionCloseOk());
        await client.FlushAsync();
        await closing.WaitAsync(TestContext.Current.CancellationToken);
        await client.Serving;
    }

    [Fact]
    public async Task A_blocked_client_that_does_not_answer_the_close_is_hung_up_on()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await OpenBlockedAsync(broker);
        await broker.Server.CloseAsync("shutdown", TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, broker.Server.ConnectionCount);
    }

    private static async Task<MemoryClient> OpenAsync(MemoryBroker broker, string queue, bool wantsBlocked = true)
    {
        var client = await broker.OpenAsync(wantsBlocked: wantsBlocked);
        client.Send(1, Declare(queue));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.QueueDeclareOk);
        return client;
    }

    private static async Task<MemoryClient> OpenBlockedAsync(MemoryBroker broker)
    {
        var client = await OpenAsync(broker, "q");
        broker.Alarms.Set(ResourceAlarm.Memory, on: true);
        client.Publish(1, "q"u8, "first"u8);
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.ConnectionBlocked);
        return client;
    }

    private static string Reason(SentFrame blocked) => Encoding.UTF8.GetString(ConnectionBlocked.Read(blocked.Arguments).Reason);

    private static BasicGet Get(string queue) => new(Encoding.UTF8.GetBytes(queue), noAck: true);

    private static QueueDeclare Declare(string name) => new(
        Encoding.UTF8.GetBytes(name), passive: false, durable: false, exclusive: false, autoDelete: false, noWait: false, []);
}
