using System.Net;
using System.Net.Sockets;

namespace HareMQ.Perf.Tests;

/// <summary>Both ways of waiting, with the same pair of sockets.</summary>
public sealed class PollerTests : IDisposable
{
    private const long Patience = 10 * Clock.NanosecondsPerSecond;

    private readonly Polled _near;
    private readonly Socket _far;

    public PollerTests()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(SocketType.Stream, ProtocolType.Tcp);
        near.Connect(listener.LocalEndPoint!);
        near.Blocking = false;
        _near = new Polled(near);
        _far = listener.Accept();
    }

    public static TheoryData<string> Kinds => OperatingSystem.IsLinux() ? ["epoll", "select"] : ["select"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bytes_make_a_socket_readable(string kind)
    {
        using var poller = Create(kind);
        Assert.False(_near.CanRead);
        _far.Send("x"u8);
        poller.Wait(Patience);
        if (!_near.CanRead) poller.Wait(Patience);
        Assert.True(_near.CanRead);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_end_makes_a_socket_readable(string kind)
    {
        using var poller = Create(kind);
        _far.Dispose();
        poller.Wait(Patience);
        if (!_near.CanRead) poller.Wait(Patience);
        Assert.True(_near.CanRead);
        Assert.Equal(0, _near.Socket.Receive(new byte[1]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_full_socket_becomes_writable_when_the_other_side_reads(string kind)
    {
        using var poller = Create(kind);
        var bytes = new byte[1 << 16];
        long sent = 0;
        while (true)
        {
            sent += _near.Socket.Send(bytes, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) break;
        }

        poller.Wait(0);
        _near.IsWriteBlocked = true;
        while (sent > 0) sent -= _far.Receive(bytes);
        while (_near.IsWriteBlocked) poller.Wait(Patience);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_ends_the_wait_but_its_time(string kind)
    {
        using var poller = Create(kind);
        poller.Wait(0);
        var start = Clock.Now;
        poller.Wait(20 * Clock.NanosecondsPerMillisecond);
        Assert.True(Clock.Now - start >= 19 * Clock.NanosecondsPerMillisecond);
        Assert.False(_near.CanRead);
    }

    public void Dispose()
    {
        _near.Socket.Dispose();
        _far.Dispose();
    }

    private Poller Create(string kind)
    {
        Poller poller = kind == "epoll" ? new EpollPoller() : new SelectPoller();
        poller.Add(_near);
        return poller;
    }

    private sealed class Polled(Socket socket) : PolledSocket(socket);
}
