using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace HareMQ.Server;

/// <summary>
/// Tells systemd, or whoever else has set NOTIFY_SOCKET, how far this process is: sd_notify(3) without its library. Silent when nobody
/// asks.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchedProcessVariable = "WATCHDOG_PID";

    private readonly ILogger _logger;
    private readonly Socket? _socket;
    private Timer? _heartbeat;

    private ServiceManager(ILogger logger, Socket? socket)
    {
        _logger = logger;
        _socket = socket;
    }

    public static ServiceManager FromEnvironment(ILogger logger)
    {
        if (Environment.GetEnvironmentVariable(SocketVariable) is not { Length: > 0 } path) return new ServiceManager(logger, null);
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            // "@" stands for the zero byte that an abstract address begins with.
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
            return new ServiceManager(logger, socket);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            ServerLog.ServiceManagerUnreachable(logger, path, error.Message);
            socket.Dispose();
            return new ServiceManager(logger, null);
        }
    }

    /// <summary>
    /// Clients can connect. From here on the watchdog, if there is one, is told that the thread pool still runs what it is given.
    /// </summary>
    public void Ready()
    {
        Send("READY=1");
        if (_socket is null || WatchdogInterval() is not { } interval) return;
        _heartbeat = new Timer(_ => Send("WATCHDOG=1"), null, interval, interval);
    }

    public void Stopping() => Send("STOPPING=1");

    public void Dispose()
    {
        _heartbeat?.Dispose();
        _socket?.Dispose();
    }

    /// <summary>
    /// Half of the time after which the process would be killed, as sd_watchdog_enabled(3) recommends; null: nobody watches.
    /// </summary>
    private static TimeSpan? WatchdogInterval()
    {
        var process = Environment.GetEnvironmentVariable(WatchedProcessVariable);
        if (process is { Length: > 0 } && process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) return null;
        var text = Environment.GetEnvironmentVariable(WatchdogVariable);
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds == 0) return null;
        return TimeSpan.FromMicroseconds(microseconds) / 2;
    }

    private void Send(string state)
    {
        if (_socket is null) return;
        try
        {
            _socket.Send(Encoding.ASCII.GetBytes(state));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed: a last beat of the watchdog at the end of the process.
            if (error is SocketException) ServerLog.NotificationFailed(_logger, state, error.Message);
        }
    }
}
