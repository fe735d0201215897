using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Memory;

/// <summary>
/// A blocking socket that sends bytes encoded beforehand and looks at what comes without allocating, so that what is allocated is the
/// broker's. Opens channel 1.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private const int FrameHeadBytes = 7;
    private const int FrameOverheadBytes = 8;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[256 * 1024];
    private int _start;
    private int _end;

    public RawClient(Uri uri)
    {
        _socket.ReceiveTimeout = _socket.SendTimeout = (int)WireClient.Patience.TotalMilliseconds;
        _socket.Connect(IPAddress.Loopback, uri.Port);
        var handshake = new WireHandshake();
        Send(WireClient.ProtocolHeader);
        Expect(MethodId.ConnectionStart);
        Send(handshake.StartOk());
        Expect(MethodId.ConnectionTune);
        Send([.. handshake.TuneOk(), .. handshake.Open()]);
        Expect(MethodId.ConnectionOpenOk);
        Send(WireWriter.Method(1, MethodId.ChannelOpen, arguments => arguments.ShortString("")));
        Expect(MethodId.ChannelOpenOk);
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>Sends a method and waits for its answer.</summary>
    public void Call(ReadOnlySpan<byte> method, MethodId answer)
    {
        Send(method);
        Expect(answer);
    }

    /// <summary>The payload of the next frame. Valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadFrame()
    {
        int bytes;
        while (_end - _start < FrameHeadBytes || _end - _start < (bytes = PayloadBytes() + FrameOverheadBytes)) Receive();
        var payload = _received.AsSpan(_start + FrameHeadBytes, bytes - FrameOverheadBytes);
        _start += bytes;
        return payload;
    }

    /// <summary>The next frame's payload, after class and method id.</summary>
    public ReadOnlySpan<byte> Expect(MethodId method)
    {
        var payload = ReadFrame();
        var id = new MethodId(BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
        // Comparing first: Assert.Equal would box both each time.
        if (id != method) Assert.Equal(method, id);
        return payload[4..];
    }

    public void Dispose() => _socket.Dispose();

    private int PayloadBytes() => BinaryPrimitives.ReadInt32BigEndian(_received.AsSpan(_start + 3));

    private void Receive()
    {
        if (_start > 0)
        {
            _received.AsSpan(_start, _end - _start).CopyTo(_received);
            (_start, _end) = (0, _end - _start);
        }

        var bytes = _socket.Receive(_received.AsSpan(_end));
        if (bytes == 0) throw new EndOfStreamException("The broker closed the socket.");
        _end += bytes;
    }
}
