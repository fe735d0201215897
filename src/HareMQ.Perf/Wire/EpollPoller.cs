using System.ComponentModel;
using System.Runtime.InteropServices;

namespace HareMQ.Perf;

/// <summary>Linux: edge-triggered epoll, so that a busy socket costs one call per receive and an idle one nothing.</summary>
internal sealed class EpollPoller : Poller
{
    private const int EventsMax = 64;
    private const int Ended = Libc.EpollPeerClosed | Libc.EpollHangUp | Libc.EpollError;

    // struct epoll_event is packed on x86-64 alone: u32 events, u64 data. Elsewhere the data is aligned to 8 bytes.
    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 1 : 2;
    private static readonly int s_eventInts = s_dataOffset + 2;
    private static bool s_hasNanoseconds = true;

    private readonly List<PolledSocket> _sockets = [];
    private readonly int[] _events = new int[EventsMax * s_eventInts];
    private readonly int _epoll = Libc.EpollCreate(Libc.CloseOnExec);

    public override void Add(PolledSocket socket)
    {
        var added = new int[s_eventInts];
        added[0] = Libc.EpollIn | Libc.EpollOut | Libc.EpollPeerClosed | Libc.EpollEdgeTriggered;
        added[s_dataOffset] = _sockets.Count;
        _sockets.Add(socket);
        if (Libc.EpollControl(_epoll, Libc.EpollAdd, (int)socket.Socket.Handle, added) < 0) throw LastError("epoll_ctl");
    }

    public override void Wait(long nanosecondsMax)
    {
        var count = WaitCore(Math.Max(nanosecondsMax, 0));
        for (var i = 0; i < count; i++)
        {
            var happened = _events[i * s_eventInts];
            var socket = _sockets[_events[(i * s_eventInts) + s_dataOffset]];
            if ((happened & Libc.EpollOut) != 0) socket.IsWriteBlocked = false;
            if ((happened & Ended) != 0) socket.HasEnded = true;
            // Whatever went wrong is found, with its reason, by reading.
            if ((happened & (Libc.EpollIn | Ended)) != 0) socket.CanRead = true;
        }
    }

    public override void Dispose() => _ = Libc.Close(_epoll);

    private int WaitCore(long nanoseconds)
    {
        var count = s_hasNanoseconds ? WaitNanoseconds(nanoseconds) : WaitMilliseconds(nanoseconds);
        if (count >= 0) return count;
        var error = Marshal.GetLastPInvokeError();
        if (error == Libc.Interrupted) return 0;
        if (error != Libc.NotImplemented || !s_hasNanoseconds) throw LastError("epoll_wait");
        s_hasNanoseconds = false;
        return 0;
    }

    private int WaitNanoseconds(long nanoseconds)
    {
        try
        {
            return Libc.EpollWait(_epoll, _events, EventsMax, new Libc.TimeSpec(nanoseconds), 0);
        }
        catch (EntryPointNotFoundException)
        {
            s_hasNanoseconds = false;
            return 0;
        }
    }

    private int WaitMilliseconds(long nanoseconds)
    {
        var milliseconds = (nanoseconds + Clock.NanosecondsPerMillisecond - 1) / Clock.NanosecondsPerMillisecond;
        return Libc.EpollWait(_epoll, _events, EventsMax, (int)Math.Min(milliseconds, int.MaxValue));
    }

    private static Win32Exception LastError(string call) => new(Marshal.GetLastPInvokeError(), call);
}
