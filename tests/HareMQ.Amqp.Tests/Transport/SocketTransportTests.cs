using System.Net;
using System.Net.Sockets;
using HareMQ.Amqp.Transport;

namespace HareMQ.Amqp.Tests.Transport;

public sealed class SocketTransportTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(100)]
    public async Task A_send_larger_than_the_socket_takes_at_once_arrives_whole(int pieces)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (transport, peer) = await ConnectAsync();
        await using var _ = transport;
        using var __ = peer;
        var bytes = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        var sending = pieces == 1 ? transport.SendAsync(bytes).AsTask() : transport.SendAsync(Cut(bytes, pieces)).AsTask();
        var received = new byte[bytes.Length];
        for (var at = 0; at < received.Length;)
        {
            var read = await peer.ReceiveAsync(received.AsMemory(at, Math.Min(10_000, received.Length - at)), cancellation);
            Assert.NotEqual(0, read);
            at += read;
        }

        await sending.WaitAsync(cancellation);
        Assert.Equal(bytes, received);
    }

    [Fact]
    public async Task An_abort_ends_a_receive_that_waits_and_may_be_repeated()
    {
        var (transport, peer) = await ConnectAsync();
        await using var _ = transport;
        using var __ = peer;
        var receiving = transport.ReceiveAsync(new byte[10]).AsTask();
        transport.Abort();
        transport.Abort();
        var ended = await Record.ExceptionAsync(() => receiving.WaitAsync(TestContext.Current.CancellationToken));
        if (ended is null) Assert.Equal(0, await receiving);
        else Assert.True(ended is SocketException or ObjectDisposedException, ended.ToString());
    }

    [Fact]
    public async Task The_peers_end_is_read_as_zero_bytes()
    {
        var (transport, peer) = await ConnectAsync();
        await using var _ = transport;
        peer.Dispose();
        Assert.Equal(0, await transport.ReceiveAsync(new byte[10]));
    }

    /// <summary>Into pieces of very different sizes, some of them empty.</summary>
    private static List<ArraySegment<byte>> Cut(byte[] bytes, int pieces)
    {
        var random = new Random(2);
        var inner = Enumerable.Range(0, pieces - 1).Select(i => i % 3 == 0 ? bytes.Length / 2 : random.Next(bytes.Length)).Order();
        int[] cuts = [0, .. inner, bytes.Length];
        return [.. cuts.Zip(cuts.Skip(1), (from, to) => new ArraySegment<byte>(bytes, from, to - from))];
    }

    private static async Task<(SocketTransport Transport, Socket Peer)> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await peer.ConnectAsync(listener.LocalEndPoint!);
        var accepted = await listener.AcceptAsync();
        accepted.SendBufferSize = 4096;
        return (new SocketTransport(accepted), peer);
    }
}
