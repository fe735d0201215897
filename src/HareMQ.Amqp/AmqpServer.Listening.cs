using System.Net;
using System.Net.Sockets;
using HareMQ.Amqp.Transport;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Amqp;

/// <summary>Listeners, and the maintenance mode in which there are none.</summary>
internal sealed partial class AmqpServer
{
    /// <summary>Held while listeners open or close.</summary>
    private readonly SemaphoreSlim _changingListeners = new(1, 1);

    /// <summary>Replaced as a whole: whoever looks from outside sees all or none of a change.</summary>
    private volatile OpenListener[] _listeners = [];

    private OpenListener[] _suspended = [];
    private TransportOpener? _opener;
    private volatile bool _isDrained;

    /// <summary>For those who were accepted just before the listeners closed, and are on no list yet.</summary>
    private volatile bool _sendsClientsAway;

    /// <summary>Where it listens, with the ports that were chosen for port 0. None while listeners are suspended.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. _listeners.Where(listener => !listener.UseTls).Select(listener => listener.EndPoint)];

    /// <summary>Where it listens for TLS, likewise.</summary>
    public IReadOnlyList<EndPoint> TlsEndPoints => [.. _listeners.Where(listener => listener.UseTls).Select(listener => listener.EndPoint)];

    /// <summary>In maintenance mode, since the clients were sent away.</summary>
    public bool IsDrained => _isDrained;

    /// <exception cref="SocketException">An address is in use or not allowed; nothing is listened on then.</exception>
    /// <exception cref="TlsException">The certificates cannot be used; nothing is listened on then.</exception>
    public void Listen()
    {
        Certificates = Options.TlsListeners.Count == 0 ? null : new TlsCertificates(Options.Tls!, Time, Logger);
        _opener = new TransportOpener(() => Options, Certificates, Time, Logger, _stopping.Token);
        OpenAll(
        [
            .. Options.Listeners.Select(endPoint => (endPoint, UseTls: false)),
            .. Options.TlsListeners.Select(endPoint => (endPoint, UseTls: true)),
        ]);
    }

    /// <summary>Takes no more clients; those who are here stay. Listeners that are suspended already are left alone.</summary>
    public Task SuspendListenersAsync() => ChangeListenersAsync(SuspendCoreAsync);

    /// <summary>Takes clients again, at the addresses and ports where it did before.</summary>
    /// <exception cref="SocketException">Somebody else has taken one of them; nothing is listened on then.</exception>
    public Task ResumeListenersAsync() => ChangeListenersAsync(() =>
    {
        ResumeCore();
        return Task.CompletedTask;
    });

    /// <summary>
    /// Maintenance mode: takes no more clients, and closes those who are here with 320 CONNECTION_FORCED. They may connect to another broker
    /// then.
    /// </summary>
    public Task DrainAsync() => ChangeListenersAsync(async () =>
    {
        _isDrained = _sendsClientsAway = true;
        await SuspendCoreAsync();
        AmqpLog.Drained(Logger, _connections.Count);
        foreach (var connection in _connections.Values) connection.ForceClose(AmqpErrors.UnderMaintenance());
    });

    /// <summary>Ends the maintenance mode.</summary>
    /// <exception cref="SocketException">As for <see cref="ResumeListenersAsync"/>; the mode goes on then.</exception>
    public Task ReviveAsync() => ChangeListenersAsync(() =>
    {
        ResumeCore();
        if (_isDrained) AmqpLog.Revived(Logger);
        _isDrained = false;
        return Task.CompletedTask;
    });

    private async Task ChangeListenersAsync(Func<Task> change)
    {
        await _changingListeners.WaitAsync();
        try
        {
            await change();
        }
        finally
        {
            _changingListeners.Release();
        }
    }

    private async Task SuspendCoreAsync()
    {
        if (_listeners.Length == 0) return;
        var suspended = _listeners;
        await CloseListenersAsync();
        _suspended = suspended;
        AmqpLog.ListenersSuspended(Logger);
    }

    private void ResumeCore()
    {
        // First: the first client may be there before this returns.
        _sendsClientsAway = false;
        if (_suspended.Length == 0 || _stopping.IsCancellationRequested) return;
        OpenAll([.. _suspended.Select(listener => (listener.EndPoint, listener.UseTls))]);
        _suspended = [];
    }

    /// <summary>For good: closing has begun.</summary>
    private Task StopListeningAsync() => ChangeListenersAsync(CloseListenersAsync);

    private async Task CloseListenersAsync()
    {
        var closing = _listeners;
        _listeners = [];
        foreach (var listener in closing) await listener.CloseAsync();
    }

    private void OpenAll(IReadOnlyList<(EndPoint EndPoint, bool UseTls)> wanted)
    {
        var opened = new List<OpenListener>();
        try
        {
            foreach (var (endPoint, useTls) in wanted) opened.Add(new OpenListener(Open(endPoint), useTls));
        }
        catch
        {
            foreach (var listener in opened) listener.Socket.Dispose();
            throw;
        }

        _listeners = [.. opened];
        foreach (var listener in opened)
        {
            if (listener.UseTls) TlsLog.Listening(Logger, listener.EndPoint);
            else AmqpLog.Listening(Logger, listener.EndPoint);
            listener.Accepting = AcceptAsync(listener, _opener!);
        }
    }

    private Socket Open(EndPoint endPoint)
    {
        var listener = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // One listener on [::] serves IPv4 too, as RabbitMQ's default does.
            if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip && ip.Address.Equals(IPAddress.IPv6Any))
                listener.DualMode = true;
            listener.Bind(endPoint);
            listener.Listen(Options.Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(OpenListener listener, TransportOpener opener)
    {
        while (!listener.Closing.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.Socket.AcceptAsync(listener.Closing.Token);
                Tune(socket);
                // On the pool: the handshake of one client must not delay the next.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static state => _ = state.Server.ServeAsync(state.Socket, state.Opener, state.UseTls),
                    (Server: this, Socket: socket, Opener: opener, UseTls: listener.UseTls), preferLocal: false);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                if (listener.Closing.IsCancellationRequested) return;
                AmqpLog.AcceptFailed(Logger, listener.EndPoint, error);
                // Out of file handles, most likely: give some time to come back.
                await Task.Delay(TimeSpan.FromMilliseconds(100), Time);
            }
        }
    }

    private void Tune(Socket socket)
    {
        if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = Options.TcpNoDelay;
        if (Options.TcpKeepAlive && socket.ProtocolType == ProtocolType.Tcp)
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (Options.SocketSendBufferBytes is { } send) socket.SendBufferSize = send;
        if (Options.SocketReceiveBufferBytes is { } receive) socket.ReceiveBufferSize = receive;
    }

    /// <summary>A socket that listens. Where it does is known after it is closed, too.</summary>
    private sealed class OpenListener(Socket socket, bool useTls)
    {
        public Socket Socket => socket;

        public bool UseTls => useTls;

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public CancellationTokenSource Closing { get; } = new();

        public Task Accepting { get; set; } = Task.CompletedTask;

        public async Task CloseAsync()
        {
            await Closing.CancelAsync();
            socket.Dispose();
            await Accepting;
            Closing.Dispose();
        }
    }
}
