using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using HareMQ.Testing.Wire;

namespace HareMQ.Perf.Tests;

/// <summary>What a <see cref="FakeBroker"/> does with a publish.</summary>
internal enum Reaction
{
    Confirm,
    Nothing,
    Nack,
    CloseChannel,
    CloseConnection,
    Block,
    Drop,
    Garbage,
}

/// <summary>
/// As much of a broker as a load needs, with one queue that only counts, and a fault at a message of the test's choice. Its bytes come
/// from the tests' own writer, not from the code under test.
/// </summary>
internal sealed class FakeBroker : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, Reaction> _react;
    private readonly int _missing;
    private int _published;

    /// <param name="react">Gets the number of the publish, from 1.</param>
    /// <param name="missing">How many messages the queue forgets.</param>
    public FakeBroker(Func<int, Reaction> react, int missing = 0)
    {
        _react = react;
        _missing = missing;
        _listener.Start();
        // Not on the test's own context: its thread is in the load generator, which blocks.
        _ = Task.Run(AcceptAsync);
    }

    public Uri Uri => new($"amqp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            try
            {
                await stream.ReadExactlyAsync(new byte[8]);
                await stream.WriteAsync(WireWriter.Method(0, MethodId.ConnectionStart, start => start
                    .Octet(0).Octet(9).EmptyTable().LongString("PLAIN").LongString("en_US")));
                ulong tag = 0;
                while (await ReadFrameAsync(stream) is { } frame)
                {
                    if (!frame.IsMethod) continue;
                    var isPublish = frame.MethodId == MethodId.BasicPublish;
                    var answer = isPublish ? React(++tag, Interlocked.Increment(ref _published)) : Answer(frame);
                    if (answer is null) return;
                    await stream.WriteAsync(answer);
                }
            }
            catch (IOException)
            {
                // The client has gone.
            }
        }
    }

    private byte[]? React(ulong tag, int number) => _react(number) switch
    {
        Reaction.Confirm => WireWriter.Method(1, MethodId.BasicAck, ack => ack.LongLong(tag).Bits(false)),
        Reaction.Nack => WireWriter.Method(1, MethodId.BasicNack, nack => nack.LongLong(tag).Bits(false)),
        Reaction.CloseChannel => WireWriter.Method(1, MethodId.ChannelClose, close => Close(close, 406, "PRECONDITION_FAILED - not today")),
        Reaction.CloseConnection => WireWriter.Method(0, MethodId.ConnectionClose, close => Close(close, 320, "CONNECTION_FORCED - going down")),
        Reaction.Block => WireWriter.Method(0, new MethodId(10, 60), blocked => blocked.ShortString("low on memory")),
        Reaction.Garbage => "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(),
        Reaction.Drop => null,
        _ => [],
    };

    private byte[]? Answer(WireFrame frame)
    {
        var method = frame.MethodId;
        if (method == MethodId.ConnectionStartOk)
            return WireWriter.Method(0, MethodId.ConnectionTune, tune => tune.Short(2047).Long(131072).Short(60));
        if (method == MethodId.ConnectionTuneOk) return [];
        if (method == MethodId.ConnectionOpen) return WireWriter.Method(0, MethodId.ConnectionOpenOk, ok => ok.ShortString(""));
        if (method == MethodId.ConnectionClose) return WireWriter.Method(0, MethodId.ConnectionCloseOk);
        if (method == MethodId.ChannelOpen) return WireWriter.Method(1, MethodId.ChannelOpenOk, ok => ok.LongString(""));
        if (method == MethodId.ConfirmSelect) return WireWriter.Method(1, MethodId.ConfirmSelectOk);
        if (method == MethodId.QueueDelete) return WireWriter.Method(1, MethodId.QueueDeleteOk, ok => ok.Long(0));
        if (method == MethodId.QueueDeclare)
            return WireWriter.Method(1, MethodId.QueueDeclareOk, ok => ok.ShortString("q").Long(Count()).Long(0));
        throw new InvalidDataException($"The fake broker has no answer to {frame}.");
    }

    private uint Count() => (uint)Math.Max(0, Volatile.Read(ref _published) - _missing);

    private static void Close(WireWriter close, ushort code, string text) => close.Short(code).ShortString(text).Short(60).Short(40);

    private static async Task<WireFrame?> ReadFrameAsync(NetworkStream stream)
    {
        var header = new byte[7];
        if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false) < header.Length) return null;
        var payload = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(3)) + 1];
        await stream.ReadExactlyAsync(payload);
        return new WireFrame(header[0], BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1)), payload[..^1]);
    }
}
