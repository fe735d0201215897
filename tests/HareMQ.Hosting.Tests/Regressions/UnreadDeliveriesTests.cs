using HareMQ.Testing;
using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Regressions;

/// <summary>A client that has stopped reading, with more on its way to it than is ever kept for it, and then goes wrong.</summary>
public sealed class UnreadDeliveriesTests
{
    private const int Messages = 4;

    /// <summary>One delivery fills the small buffers of the sockets and all that is kept for a client.</summary>
    private const int BodyBytes = 5 * 1024 * 1024;

    [Fact]
    public async Task Deliveries_return_when_a_client_that_does_not_read_breaks_the_rules_and_confirms_the_close()
    {
        // Without heartbeats: nothing else ends this connection.
        await ReturnAfterAsync(
            new WireHandshake { HeartbeatSeconds = 0 },
            client => client.SendAsync(WireWriter.Header(0, 1), WireWriter.Method(0, MethodId.ConnectionCloseOk)));
    }

    [Fact]
    public async Task Deliveries_return_when_a_client_that_does_not_read_sends_a_broken_frame()
    {
        // What follows a broken frame is dropped, so only time ends this connection: as much as its heartbeat is long.
        await ReturnAfterAsync(new WireHandshake { HeartbeatSeconds = 2 }, async client =>
        {
            await client.SendAsync(WireWriter.Frame(WireFrame.Method, 1, [0, 60, 0, 80], end: 0));
            await client.SendMethodAsync(0, MethodId.ConnectionCloseOk);
        });
    }

    private static async Task ReturnAfterAsync(WireHandshake handshake, Func<WireClient, Task> goWrong)
    {
        await using var broker = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.SocketSendBufferBytes = 64 * 1024;
        });
        byte[][] publishes = [.. Enumerable.Range(0, Messages).Select(PublishNumber)];
        await using var other = await WireClient.OpenAsync(broker.Uri);
        await other.OpenChannelAsync(1);
        await other.DeclareAsync(1, "q");
        await using var silent = await WireClient.OpenAsync(broker.Uri, handshake);
        await silent.OpenChannelAsync(1);
        // Before there is anything to deliver: what the client sends afterwards is still received, however much it leaves unread.
        await silent.ConsumeAsync(1, "q", "c");
        await other.SendAsync(publishes);
        var ready = await Eventually.Holds(() => other.CountReadyAsync(1, "q"), count => count is > 0 and < Messages, "a delivery");
        await goWrong(silent);

        await other.ConsumeAsync(1, "q", "c", noAck: true);
        var seen = new HashSet<byte>();
        var redelivered = 0;
        while (seen.Count < Messages)
        {
            var delivery = await other.ExpectContentAsync(MethodId.BasicDeliver, 1);
            Assert.True(seen.Add(delivery.Body[0]), $"message {delivery.Body[0]} came twice");
            if (delivery.Method.ReadDelivery().Redelivered) redelivered++;
        }

        Assert.InRange(redelivered, Messages - ready, Messages);
    }

    private static byte[] PublishNumber(int number)
    {
        var body = new byte[BodyBytes];
        body[0] = (byte)number;
        return Requests.PublishLarge(1, "q", body);
    }
}
