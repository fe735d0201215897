using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Server;

public sealed class ConsumerTimeoutTests
{
    private const int TimeoutMs = 60_000;

    private readonly LifeTime _time = new();

    [Fact]
    public async Task An_unacknowledged_delivery_closes_its_channel_with_406_and_goes_back()
    {
        await using var broker = await StartAsync(TimeoutMs);
        var client = await OpenAsync(broker);
        await ConsumeOneAsync(client);
        _time.Advance(TimeoutMs);
        await AssertStillOpenAsync(client);
        Assert.Equal(
            "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 60000 ms. "
            + "This timeout value can be configured, see consumers doc guide to learn more",
            await WaitForCloseAsync(client));

        client.Send(2, new BasicGet("q"u8, noAck: true));
        await client.FlushAsync();
        Assert.True(BasicGetOk.Read((await client.ExpectAsync(AmqpMethod.BasicGetOk)).Arguments).Redelivered);
    }

    [Fact]
    public async Task A_message_that_was_got_counts_too()
    {
        await using var broker = await StartAsync(TimeoutMs);
        var client = await OpenAsync(broker);
        client.Send(1, new BasicGet("q"u8, noAck: false));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.BasicGetOk);
        await client.ReceiveBodyAsync();
        Assert.Contains("timed out", await WaitForCloseAsync(client));
    }

    [Fact]
    public async Task A_queue_may_have_a_time_of_its_own()
    {
        await using var broker = await StartAsync(timeoutMs: null);
        var client = await OpenAsync(broker, new FieldTableBuilder().Add("x-consumer-timeout", FieldValue.FromInt(5000)).ToTable());
        await ConsumeOneAsync(client);
        Assert.Contains("Timeout value used: 5000 ms.", await WaitForCloseAsync(client));
    }

    [Fact]
    public async Task Only_what_is_out_counts_not_what_was_acknowledged()
    {
        await using var broker = await StartAsync(TimeoutMs);
        var client = await OpenAsync(broker);
        await ConsumeOneAsync(client);
        client.Send(1, new BasicAck(1, multiple: false));
        await client.FlushAsync();
        await AssertStillOpenAsync(client);
        for (var i = 0; i < 10; i++) _time.Advance(TimeoutMs);
        await AssertStillOpenAsync(client);
    }

    [Fact]
    public async Task Without_a_limit_deliveries_wait_for_ever()
    {
        await using var broker = await StartAsync(timeoutMs: null);
        var client = await OpenAsync(broker);
        await ConsumeOneAsync(client);
        for (var i = 0; i < 10; i++) _time.Advance(30 * TimeoutMs);
        await AssertStillOpenAsync(client);
    }

    [Fact]
    public async Task A_connection_that_is_never_idle_finds_out_too()
    {
        await using var broker = await StartAsync(TimeoutMs);
        var client = await OpenAsync(broker);
        await ConsumeOneAsync(client);
        var seen = new List<AmqpMethod>();
        while (!seen.Contains(AmqpMethod.ChannelClose))
        {
            client.Send(2, Declare(passive: true));
            await client.FlushAsync();
            _time.Advance(500);
            seen.Add((await client.ReceiveAsync())!.Method);
        }

        Assert.InRange(seen.Count, TimeoutMs / 500, TimeoutMs / 500 + 20);
    }

    [Fact]
    public async Task A_blocked_connection_does_not_keep_its_messages()
    {
        await using var broker = await StartAsync(TimeoutMs);
        var client = await OpenAsync(broker, wantsBlocked: true);
        await ConsumeOneAsync(client);
        broker.Alarms.Set(Broker.Alarms.ResourceAlarm.Memory, on: true);
        client.Publish(2, "q"u8, "more"u8);
        await client.FlushAsync();
        // The consumer gets it; whether before or after the news of the alarm is open.
        var blocked = false;
        for (var frames = 0; frames < 4; frames++) blocked |= (await client.ReceiveAsync())!.Method == AmqpMethod.ConnectionBlocked;
        Assert.True(blocked);
        Assert.Contains("timed out", await WaitForCloseAsync(client));
        Assert.True(broker.Connection.IsBlocked);
    }

    private Task<MemoryBroker> StartAsync(long? timeoutMs) =>
        MemoryBroker.StartAsync(new AmqpServerOptions { ConsumerTimeoutMs = timeoutMs }, time: _time);

    private static async Task<MemoryClient> OpenAsync(MemoryBroker broker, FieldTable? arguments = null, bool wantsBlocked = false)
    {
        var client = await broker.OpenAsync(wantsBlocked: wantsBlocked);
        client.Send(2, new ChannelOpen(default));
        client.Send(1, Declare(passive: false, arguments));
        client.Publish(1, "q"u8, "late"u8);
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.ChannelOpenOk);
        await client.ExpectAsync(AmqpMethod.QueueDeclareOk);
        return client;
    }

    private static async Task ConsumeOneAsync(MemoryClient client)
    {
        client.Send(1, new BasicConsume("q"u8, "tag"u8, noLocal: false, noAck: false, exclusive: false, noWait: false, []));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.BasicConsumeOk);
        await client.ExpectAsync(AmqpMethod.BasicDeliver);
        await client.ReceiveBodyAsync();
    }

    private static async Task AssertStillOpenAsync(MemoryClient client)
    {
        client.Send(1, Declare(passive: true));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.QueueDeclareOk);
    }

    /// <returns>The reply text.</returns>
    private async Task<string> WaitForCloseAsync(MemoryClient client)
    {
        var receiving = client.ExpectAsync(AmqpMethod.ChannelClose);
        await Conditions.BecomesTrueAsync(() => receiving.IsCompleted, () => _time.Advance(1000));
        var close = ChannelClose.Read((await receiving).Arguments);
        Assert.Equal(406, close.ReplyCode);
        return Encoding.UTF8.GetString(close.ReplyText);
    }

    private static QueueDeclare Declare(bool passive, FieldTable? arguments = null) => new(
        "q"u8, passive, durable: false, exclusive: false, autoDelete: false, noWait: false, (arguments ?? FieldTable.Empty).Encoded.Span);
}
