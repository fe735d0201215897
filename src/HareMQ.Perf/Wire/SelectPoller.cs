using System.Net.Sockets;

namespace HareMQ.Perf;

/// <summary>Everywhere else: what .NET offers, to the millisecond. Fine for throughput, coarse for latencies below a millisecond.</summary>
internal sealed class SelectPoller : Poller
{
    private readonly List<PolledSocket> _sockets = [];
    private readonly Dictionary<Socket, PolledSocket> _bySocket = [];
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];

    public override void Add(PolledSocket socket)
    {
        _sockets.Add(socket);
        _bySocket.Add(socket.Socket, socket);
    }

    public override void Wait(long nanosecondsMax)
    {
        _readable.Clear();
        _writable.Clear();
        foreach (var socket in _sockets)
        {
            _readable.Add(socket.Socket);
            if (socket.IsWriteBlocked) _writable.Add(socket.Socket);
        }

        Socket.Select(_readable, _writable, null, TimeSpan.FromMicroseconds(Math.Max(nanosecondsMax, 0) / 1000));
        foreach (var socket in _readable) _bySocket[socket].CanRead = true;
        foreach (var socket in _writable) _bySocket[socket].IsWriteBlocked = false;
    }

    public override void Dispose() => _sockets.Clear();
}
