using System.Buffers.Binary;
using System.Net.Sockets;

namespace HareMQ.Testing.Wire;

/// <summary>A client without manners: it sends any bytes, whole, split or wrong, and shows every frame that comes back.</summary>
public sealed partial class WireClient : IAsyncDisposable
{
    /// <summary>Longest wait for anything that the broker must do; only a failing test ever waits that long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;

    private WireClient(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = tcp.GetStream();
    }

    public static ReadOnlySpan<byte> ProtocolHeader => [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1];

    /// <summary>Opens the socket and says nothing.</summary>
    public static async Task<WireClient> ConnectAsync(Uri uri)
    {
        var tcp = new TcpClient { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(uri.Host, uri.Port);
        }
        catch (SocketException)
        {
            tcp.Dispose();
            throw;
        }
        return new WireClient(tcp);
    }

    /// <summary>Connects and goes through the handshake to connection.open-ok.</summary>
    public static async Task<WireClient> OpenAsync(Uri uri, WireHandshake? handshake = null)
    {
        var client = await ConnectAsync(uri);
        await client.TuneAsync(handshake ??= new WireHandshake());
        await client.SendAsync(handshake.Open());
        await client.ExpectAsync(MethodId.ConnectionOpenOk);
        return client;
    }

    /// <summary>Goes through the handshake up to and with tune-ok; the next step is the test's.</summary>
    public async Task TuneAsync(WireHandshake handshake)
    {
        await SendAsync(ProtocolHeader.ToArray());
        await ExpectAsync(MethodId.ConnectionStart);
        await SendAsync(handshake.StartOk());
        await ExpectAsync(MethodId.ConnectionTune);
        await SendAsync(handshake.TuneOk());
    }

    public async Task SendAsync(params byte[][] pieces)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _stream.WriteAsync(pieces.Length == 1 ? pieces[0] : [.. pieces.SelectMany(piece => piece)], patience.Token);
    }

    /// <summary>One write per byte, without delay between them: the broker sees a frame in many pieces.</summary>
    public async Task SendByteByByteAsync(byte[] bytes)
    {
        foreach (var value in bytes) await SendAsync([value]);
    }

    public Task SendMethodAsync(ushort channel, MethodId method, Action<WireWriter>? arguments = null) =>
        SendAsync(WireWriter.Method(channel, method, arguments));

    /// <summary>The next frame, heartbeats included; null when the broker has closed the socket.</summary>
    public async Task<WireFrame?> ReadFrameAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var head = new byte[7];
        if (!await TryFillAsync(head, patience.Token)) return null;
        var rest = new byte[BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(3)) + 1];
        if (!await TryFillAsync(rest, patience.Token)) throw new EndOfStreamException("The broker closed the socket inside a frame.");
        if (rest[^1] != WireFrame.End) throw new InvalidDataException($"The broker ended a frame with {rest[^1]:x2}.");
        return new WireFrame(head[0], BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(1)), rest[..^1]);
    }

    /// <summary>The next bytes as they come, for answers that are no frames.</summary>
    public async Task<byte[]> ReadBytesAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new byte[count];
        return await TryFillAsync(bytes, patience.Token) ? bytes : throw new EndOfStreamException("The broker closed the socket.");
    }

    /// <summary>Reads and drops frames until the broker has closed the socket.</summary>
    public async Task ExpectSocketClosedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[4096];
        while (await ReadOrEndAsync(buffer, patience.Token) > 0)
        {
        }
    }

    public ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> TryFillAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await ReadOrEndAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0) return filled == 0 ? false : throw new EndOfStreamException("The broker closed the socket inside a frame.");
            filled += read;
        }
        return true;
    }

    /// <summary>0 at the end. A broker that closes while bytes of ours are unread resets the connection: closed is closed.</summary>
    private async Task<int> ReadOrEndAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _stream.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return 0;
        }
    }
}
