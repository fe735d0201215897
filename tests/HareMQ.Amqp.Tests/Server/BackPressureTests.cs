using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Server;

/// <summary>A disk that takes its time slows down whoever publishes to it, and nobody else.</summary>
public sealed class BackPressureTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(MiB, 300, 32 * MiB)]
    [InlineData(12 * MiB, 20, 32 * MiB)]
    [InlineData(2 * 1024, 50_000, 64 * 256 * 1024)]
    public async Task A_publisher_is_read_no_faster_than_the_disk_syncs(int bodyBytes, int messages, int underWayMax)
    {
        using var syncing = new ManualResetEventSlim(true);
        var files = new MemoryFileSystem { OnSync = () => syncing.Wait() };
        await using var broker = await MemoryBroker.StartAsync(files: files);
        var publisher = await broker.OpenAsync();
        var publishing = broker.Connection;
        publisher.Send(1, Declare("durable", durable: true));
        publisher.Send(1, new ConfirmSelect(noWait: false));
        await publisher.FlushAsync();
        await publisher.ExpectAsync(AmqpMethod.QueueDeclareOk);
        await publisher.ExpectAsync(AmqpMethod.ConfirmSelectOk);

        syncing.Reset();
        var before = publishing.ReceivedBytes;
        var sending = SendAsync(publisher, messages, new byte[bodyBytes]);
        try
        {
            await Conditions.BecomesTrueAsync(() => publishing.ReadingPaused);
            Assert.Equal("flow", publishing.StateName);
            // Far less than all of it. One read may go past the limit: a receive, or the end of a message that came in pieces.
            Assert.InRange(publishing.ReceivedBytes - before, 1, underWayMax + bodyBytes + 512 * 1024L);
            await AssertServesAsync(await broker.OpenAsync());
            Assert.True(publishing.ReadingPaused);
        }
        finally
        {
            // Whatever failed: the broker cannot end while its disk hangs.
            syncing.Set();
        }

        for (ulong confirmed = 0; confirmed < (ulong)messages;)
            confirmed = BasicAck.Read((await publisher.ExpectAsync(AmqpMethod.BasicAck)).Arguments).DeliveryTag;
        await sending;
    }

    private static async Task SendAsync(MemoryClient publisher, int messages, byte[] body)
    {
        // Many small messages to a write, as a client's buffer would.
        var perFlush = Math.Max(1, 64 * 1024 / body.Length);
        for (var sent = 0; sent < messages;)
        {
            for (var i = 0; i < perFlush && sent < messages; i++, sent++) publisher.Publish(1, "durable"u8, body);
            await publisher.FlushAsync();
        }
    }

    private static async Task AssertServesAsync(MemoryClient other)
    {
        other.Send(1, Declare("transient", durable: false));
        other.Publish(1, "transient"u8, "quick"u8);
        other.Send(1, new BasicGet("transient"u8, noAck: true));
        await other.FlushAsync();
        await other.ExpectAsync(AmqpMethod.QueueDeclareOk);
        await other.ExpectAsync(AmqpMethod.BasicGetOk);
        Assert.Equal("quick"u8.ToArray(), await other.ReceiveBodyAsync());
    }

    private static QueueDeclare Declare(string name, bool durable) => new(
        System.Text.Encoding.UTF8.GetBytes(name), passive: false, durable, exclusive: false, autoDelete: false, noWait: false, []);
}
