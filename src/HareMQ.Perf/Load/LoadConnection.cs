using System.Net.Sockets;
using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>A connection under load: driven by one <see cref="LoadThread"/>, never blocking.</summary>
internal abstract class LoadConnection : PolledSocket
{
    protected LoadConnection(AmqpLink link, RunState state, int inboxBytes)
        : base(link.Socket)
    {
        Link = link;
        State = state;
        link.Inbox.Reserve(inboxBytes);
        link.Socket.Blocking = false;
    }

    public AmqpLink Link { get; }

    public bool IsDone { get; protected set; }

    protected RunState State { get; }

    /// <summary>The thread that drives this connection; set before it starts.</summary>
    public LoadThread Thread { get; set; } = null!;

    /// <summary>Does what there is to do; true if that was something. Otherwise the time to be called again may be moved forward.</summary>
    public abstract bool Advance(long now, ref long wakeAt);

    /// <summary>One receive and everything in it.</summary>
    public void Receive()
    {
        var room = Link.Inbox.Room();
        var bytes = Socket.Receive(room, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            CanRead = false;
            return;
        }

        if (error != SocketError.Success) throw PerfException.Lost($"{new SocketException((int)error).Message} ({Link.Address})");
        if (bytes == 0) throw PerfException.Lost($"ended by {Link.Address}");
        CanRead = bytes == room.Length || HasEnded;
        Link.Inbox.Received(bytes);
        ReadFrames();
        Flush();
    }

    /// <summary>Reads what came in together with the last answer of the set-up.</summary>
    public void ReadFrames()
    {
        var measured = State.Measured(Clock.Now);
        var inbox = Link.Inbox;
        while (Frame.TryRead(inbox.Unread, Link.FrameMaxBytes, out var frame, out var bytes))
        {
            inbox.Read(bytes);
            OnFrame(frame, measured);
        }

        AfterFrames();
    }

    /// <summary>Makes the link fit for blocking requests again.</summary>
    public void EndLoad() => Socket.Blocking = true;

    /// <summary>Sends as much as the kernel takes; true if nothing is left.</summary>
    public bool Flush()
    {
        while (!IsWriteBlocked)
        {
            var unsent = Unsent;
            if (unsent.IsEmpty) return true;
            var bytes = Socket.Send(unsent, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                Sent(bytes);
                continue;
            }

            IsWriteBlocked = true;
            // If the connection is gone, the reason lies in what can still be read.
            if (error != SocketError.WouldBlock) CanRead = true;
        }

        return false;
    }

    protected virtual ReadOnlySpan<byte> Unsent => Link.Outbox.Unsent;

    protected virtual void Sent(int bytes) => Link.Outbox.Sent(bytes);

    protected abstract void OnFrame(scoped in Frame frame, in MeasuredSpan measured);

    protected virtual void AfterFrames()
    {
    }

    /// <summary>Methods that can come on any connection.</summary>
    protected void OnOtherMethod(AmqpMethod method, ReadOnlySpan<byte> arguments)
    {
        AmqpLink.ThrowIfClosing(method, arguments);
        if (method == AmqpMethod.BasicCancel) throw PerfException.Unexpected("basic.cancel: a queue was deleted during the run");
        throw PerfException.Unexpected($"{method.Name()} during the run");
    }
}
