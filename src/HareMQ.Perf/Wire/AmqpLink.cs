using System.Net.Sockets;
using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>
/// One connection with its channel 1, used by one thread at a time: by blocking requests while a run is prepared and ended, and by a
/// <see cref="LoadConnection"/> in between.
/// </summary>
internal sealed partial class AmqpLink : IDisposable
{
    public const ushort Channel = 1;

    private const int IdleInboxBytes = 4096;
    private const uint FrameMaxWanted = 131072;

    // Until the limit is negotiated; connection.start with all its properties must fit.
    private const uint FrameMaxAtFirst = 1 << 20;

    private AmqpLink(Socket socket, BrokerAddress address)
    {
        Socket = socket;
        Address = address;
    }

    public Socket Socket { get; }

    public BrokerAddress Address { get; }

    public Inbox Inbox { get; } = new(IdleInboxBytes);

    public Outbox Outbox { get; } = new();

    /// <summary>Largest frame in bytes, header and end octet included, that both sides allow.</summary>
    public uint FrameMaxBytes { get; private set; } = FrameMaxAtFirst;

    /// <summary>Connects, logs in, and opens channel 1.</summary>
    /// <exception cref="PerfException">No connection, or the broker refused: its text is in the message.</exception>
    public static AmqpLink Open(BrokerAddress address, TimeSpan timeout)
    {
        var link = new AmqpLink(TcpConnect.Open(address, timeout), address);
        try
        {
            link.LogIn();
            link.OpenChannel(Channel);
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    public void OpenChannel(ushort channel)
    {
        Outbox.Write(new ChannelOpen(default), channel);
        Request(AmqpMethod.ChannelOpenOk);
    }

    public void CloseChannel(ushort channel)
    {
        Outbox.Write(new ChannelClose((ushort)ReplyCode.Success, default, 0, 0), channel);
        Request(AmqpMethod.ChannelCloseOk);
    }

    /// <summary>As a well-behaved client leaves: connection.close, its answer, end of stream.</summary>
    public void Close()
    {
        Outbox.Write(new ConnectionClose((ushort)ReplyCode.Success, "done"u8, 0, 0), 0);
        Request(AmqpMethod.ConnectionCloseOk);
        Dispose();
    }

    public void Dispose() => Socket.Dispose();

    /// <summary>Whether the broker still holds the connection, as far as can be seen without asking it.</summary>
    public bool IsAlive()
    {
        try
        {
            return !Socket.Poll(0, SelectMode.SelectRead) || Socket.Available > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends what was written and waits for the answer, whose arguments live until the next receive.</summary>
    public ReadOnlySpan<byte> Request(AmqpMethod answer)
    {
        SendAll();
        return Expect(answer);
    }

    /// <summary>Waits for a method, passing over heartbeats, and over deliveries and confirms that are still under way.</summary>
    public ReadOnlySpan<byte> Expect(AmqpMethod expected)
    {
        try
        {
            return ExpectCore(expected);
        }
        catch (AmqpException e)
        {
            throw PerfException.NotAmqp(e);
        }
    }

    /// <summary>Turns what ends a connection, a channel or the use of the run's figures into an exception.</summary>
    public static void ThrowIfClosing(AmqpMethod method, ReadOnlySpan<byte> arguments)
    {
        if (method == AmqpMethod.ChannelClose)
        {
            var close = ChannelClose.Read(arguments);
            throw PerfException.ChannelClosed(close.ReplyCode, Encoding.UTF8.GetString(close.ReplyText));
        }

        if (method == AmqpMethod.ConnectionClose)
        {
            var close = ConnectionClose.Read(arguments);
            throw PerfException.ConnectionClosed(close.ReplyCode, Encoding.UTF8.GetString(close.ReplyText));
        }

        if (method == AmqpMethod.ConnectionBlocked)
            throw PerfException.Blocked(Encoding.UTF8.GetString(ConnectionBlocked.Read(arguments).Reason));
    }

    private ReadOnlySpan<byte> ExpectCore(AmqpMethod expected)
    {
        while (true)
        {
            if (Inbox.Unread.StartsWith("AMQP"u8)) throw PerfException.Unexpected("its protocol header: it does not speak AMQP 0-9-1");
            while (Frame.TryRead(Inbox.Unread, FrameMaxBytes, out var frame, out var frameBytes))
            {
                Inbox.Read(frameBytes);
                if (frame.Type != FrameType.Method || !MethodHeader.TryRead(frame.Payload, out var method, out var arguments)) continue;
                if (method == expected) return arguments;
                ThrowIfClosing(method, arguments);
            }

            Receive(expected);
        }
    }

    private void SendAll()
    {
        try
        {
            while (!Outbox.IsEmpty) Outbox.Sent(Socket.Send(Outbox.Unsent));
        }
        catch (SocketException e)
        {
            // The reason, if the broker gave one, lies in what it sent before.
            if (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
                throw PerfException.Lost($"{Address} takes no more bytes");
            Outbox.Sent(Outbox.Unsent.Length);
        }
    }

    private void Receive(AmqpMethod expected)
    {
        int bytes;
        try
        {
            bytes = Socket.Receive(Inbox.Room());
        }
        catch (SocketException e)
        {
            throw PerfException.Lost(e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock
                ? $"{Address} did not send {expected.Name()} in time"
                : $"{e.Message} while waiting for {expected.Name()} from {Address}");
        }

        if (bytes == 0) throw PerfException.Lost($"{Address} ended it instead of sending {expected.Name()}");
        Inbox.Received(bytes);
    }
}
