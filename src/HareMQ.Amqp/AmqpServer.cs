using System.Collections.Concurrent;
using System.Net.Sockets;
using HareMQ.Amqp.Connections;
using HareMQ.Amqp.Transport;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Protocol;
using Microsoft.Extensions.Logging;

namespace HareMQ.Amqp;

/// <summary>Listens for AMQP 0-9-1 clients and keeps the list of connections.</summary>
internal sealed partial class AmqpServer : IAsyncDisposable
{
    /// <summary>Half of the shortest heartbeat interval.</summary>
    private static readonly TimeSpan s_tickInterval = TimeSpan.FromMilliseconds(500);

    private const long Never = -1;

    private readonly ConcurrentDictionary<long, AmqpConnection> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _tick;
    private readonly long _startedAt;
    private volatile AmqpServerOptions _options;
    private long _lastId;
    private long _consumerTimeoutMs;
    private bool _closing;

    public AmqpServer(BrokerCore core, AmqpServerOptions options, TimeProvider time, ILogger logger)
    {
        Core = core;
        _options = options;
        Time = time;
        _startedAt = time.GetTimestamp();
        Logger = logger;
        ServerProperties = Amqp.ServerProperties.Create(options);
        LoginBackOff = new LoginBackOff(time);
        PeerNames = options.ReverseDnsLookups ? new PeerNames(time) : null;
        _consumerTimeoutMs = options.ConsumerTimeoutMs ?? Never;
        core.Alarms.Changed += TellAlarms;
        _tick = time.CreateTimer(_ => Tick(), null, s_tickInterval, s_tickInterval);
    }

    public BrokerCore Core { get; }

    /// <summary>As last configured; what is under way goes on with what it has read of them.</summary>
    public AmqpServerOptions Options => _options;

    /// <summary>Those of the TLS listeners; null: there are none.</summary>
    public TlsCertificates? Certificates { get; private set; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public FieldTable ServerProperties { get; }

    public LoginBackOff LoginBackOff { get; }

    /// <summary>Null: addresses are all that is shown of clients.</summary>
    public PeerNames? PeerNames { get; }

    /// <summary>Cancelled when the server begins to close.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public CoarseClock Clock { get; } = new((long)s_tickInterval.TotalMilliseconds);

    /// <summary>How long a delivery may wait for its ack where its queue does not say; null = for ever. May change at any time.</summary>
    public long? ConsumerTimeoutMs
    {
        get => Interlocked.Read(ref _consumerTimeoutMs) is var milliseconds and not Never ? milliseconds : null;
        set => Interlocked.Exchange(ref _consumerTimeoutMs, value ?? Never);
    }

    public ICollection<AmqpConnection> Connections => _connections.Values;

    public int ConnectionCount => _connections.Count;

    /// <summary>For intervals: unlike the time of day it never jumps. Milliseconds since the server was made.</summary>
    public long UptimeMs => (long)Time.GetElapsedTime(_startedAt).TotalMilliseconds;

    /// <summary>The time of day, milliseconds since the Unix epoch.</summary>
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Limits, time limits and the like, for what comes from now on. Listeners and names stay as they are.</summary>
    public void Reconfigure(AmqpServerOptions options) => _options = options with
    {
        Listeners = _options.Listeners,
        TlsListeners = _options.TlsListeners,
        Tls = _options.Tls,
        ProxyProtocol = _options.ProxyProtocol,
        Backlog = _options.Backlog,
        ProductName = _options.ProductName,
        ProductVersion = _options.ProductVersion,
        ClusterName = _options.ClusterName,
    };

    /// <summary>Serves a client, however it came.</summary>
    public Task ServeAsync(ITransport transport)
    {
        var connection = new AmqpConnection(this, transport, Interlocked.Increment(ref _lastId));
        _connections[connection.Id] = connection;
        AmqpLog.Accepted(Logger, connection.Id, connection.Peer);
        // Closing may have gone over the list just before this one was in it.
        if (Volatile.Read(ref _closing) || _sendsClientsAway) connection.Abort();
        return connection.RunAsync();
    }

    private async Task ServeAsync(Socket socket, TransportOpener opener, bool useTls)
    {
        if (await opener.OpenAsync(socket, useTls) is { } transport) await ServeAsync(transport);
    }

    public void Ended(AmqpConnection connection)
    {
        _connections.TryRemove(connection.Id, out _);
        if (Volatile.Read(ref _closing) && _connections.IsEmpty) _allEnded.TrySetResult();
    }

    /// <summary>Stops listening, closes all clients with 320 CONNECTION_FORCED, and hangs up on those that have not answered in time.</summary>
    public async Task CloseAsync(string reason, TimeSpan patience)
    {
        Volatile.Write(ref _closing, true);
        await _stopping.CancelAsync();
        await StopListeningAsync();
        foreach (var connection in _connections.Values) connection.ForceClose(AmqpErrors.ShuttingDown(reason));
        if (!_connections.IsEmpty) await Task.WhenAny(_allEnded.Task, Task.Delay(patience, Time));
        foreach (var connection in _connections.Values) connection.Abort();
        if (!_connections.IsEmpty) await _allEnded.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync("shutdown", TimeSpan.FromSeconds(2));
        Core.Alarms.Changed -= TellAlarms;
        await _tick.DisposeAsync();
        _stopping.Dispose();
    }

    private void TellAlarms()
    {
        foreach (var connection in _connections.Values) connection.AlarmsChanged();
    }

    private void Tick()
    {
        var now = UptimeMs;
        Clock.Set(now);
        foreach (var connection in _connections.Values) connection.Tick(now);
    }
}
