using System.Buffers.Binary;
using HareMQ.Simulation.Machine;
using HareMQ.Simulation.Model;
using HareMQ.Testing.Wire;

namespace HareMQ.Simulation.Clients;

/// <summary>A connection: goes through the handshake by itself and hands frames to its channels.</summary>
internal sealed class Client
{
    private const uint FrameMaxBytes = 4096;

    private static readonly WireHandshake s_handshake = new() { ChannelMax = 16, FrameMaxBytes = FrameMaxBytes };

    private readonly SimulatedTransport _transport;
    private readonly List<ClientChannel> _channels = [];
    private readonly List<byte> _received = [];
    private readonly Trace _trace;

    public Client(string name, SimulatedTransport transport, Trace trace, bool mayFail)
    {
        Name = name;
        _transport = transport;
        _trace = trace;
        MayFail = mayFail;
        transport.Arrived = OnBytes;
        transport.ServerEnded = () => _channels.ForEach(channel => channel.ServerEnded());
        Send(WireClient.ProtocolHeader.ToArray());
    }

    public string Name { get; }

    /// <summary>The disk fails in this run: then the broker may close what it cannot serve.</summary>
    public bool MayFail { get; }

    /// <summary>Through the handshake, and nothing has ended yet.</summary>
    public bool IsOpen { get; private set; }

    public bool IsOver { get; private set; }

    public long SentBytes => _transport.SentBytes;

    public long TakenBytes => _transport.TakenBytes;

    public IReadOnlyList<ClientChannel> Channels => _channels;

    /// <summary>Adds a channel; it is opened once the connection is.</summary>
    public TChannel Add<TChannel>(Func<Client, ushort, TChannel> create)
        where TChannel : ClientChannel
    {
        var channel = create(this, (ushort)(_channels.Count + 1));
        _channels.Add(channel);
        if (IsOpen) channel.Open();
        return channel;
    }

    public void Send(params byte[][] pieces) => _transport.SendToServer([.. pieces.SelectMany(piece => piece)]);

    /// <summary>Gone without a word.</summary>
    public void HangUp(bool losesBytes)
    {
        if (IsOver) return;
        _transport.HangUp(losesBytes);
        End();
    }

    /// <summary>The other side is gone.</summary>
    public void End()
    {
        if (IsOver) return;
        IsOver = true;
        IsOpen = false;
        foreach (var channel in _channels) channel.End();
    }

    /// <exception cref="BrokenPromiseException">Nothing in this run explains it.</exception>
    public void ExplainClose(string what)
    {
        _trace.Note($"{Name} is closed: {what}");
        if (!MayFail) throw new BrokenPromiseException($"The broker closes {Name}: {what}");
    }

    private void OnBytes(ReadOnlySpan<byte> bytes)
    {
        if (IsOver) return;
        if (bytes.IsEmpty)
        {
            // Time may pass so fast that the handshake takes too long.
            if (IsOpen) ExplainClose("it hangs up");
            End();
            return;
        }

        _received.AddRange(bytes);
        var start = 0;
        while (!IsOver && TryReadFrame(ref start, out var frame)) OnFrame(frame);
        _received.RemoveRange(0, start);
    }

    private bool TryReadFrame(ref int start, out WireFrame frame)
    {
        frame = null!;
        var left = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_received)[start..];
        if (left.Length < 8) return false;
        var bytes = (int)BinaryPrimitives.ReadUInt32BigEndian(left[3..]);
        if (left.Length < bytes + 8) return false;
        if (left[bytes + 7] != WireFrame.End) throw new BrokenPromiseException($"A frame for {Name} does not end where it should.");
        if (bytes + 8 > FrameMaxBytes) throw new BrokenPromiseException($"A frame for {Name} has {bytes} bytes.");
        frame = new WireFrame(left[0], BinaryPrimitives.ReadUInt16BigEndian(left[1..]), left.Slice(7, bytes).ToArray());
        start += bytes + 8;
        return true;
    }

    private void OnFrame(WireFrame frame)
    {
        if (frame.Channel > 0)
        {
            _channels[frame.Channel - 1].OnFrame(frame);
            return;
        }

        if (frame.Type == WireFrame.Heartbeat) return;
        var method = frame.MethodId;
        if (method == MethodId.ConnectionStart) Send(s_handshake.StartOk());
        else if (method == MethodId.ConnectionTune) Send(s_handshake.TuneOk(), s_handshake.Open());
        else if (method == MethodId.ConnectionOpenOk) OnOpen();
        else if (method == MethodId.ConnectionClose) OnClose(frame.Arguments());
        else throw new BrokenPromiseException($"{Name} gets {frame}.");
    }

    private void OnOpen()
    {
        IsOpen = true;
        foreach (var channel in _channels) channel.Open();
    }

    private void OnClose(WireReader arguments)
    {
        ExplainClose($"{arguments.Short()} {arguments.ShortString()}");
        Send(WireWriter.Method(0, MethodId.ConnectionCloseOk));
        End();
        _transport.HangUp(losesBytes: false);
    }
}
