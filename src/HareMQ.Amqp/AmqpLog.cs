using Microsoft.Extensions.Logging;

namespace HareMQ.Amqp;

/// <summary>What connections log: ids 2xxx. Never bodies, passwords or whole client properties.</summary>
internal static partial class AmqpLog
{
    [LoggerMessage(2001, LogLevel.Information, "Listening for AMQP 0-9-1 on {EndPoint}")]
    public static partial void Listening(ILogger logger, System.Net.EndPoint endPoint);

    [LoggerMessage(2002, LogLevel.Debug, "Connection {ConnectionId} accepted from {Peer}")]
    public static partial void Accepted(ILogger logger, long connectionId, System.Net.EndPoint? peer);

    [LoggerMessage(2003, LogLevel.Information, "Connection {ConnectionId} from {Peer} is open: user '{User}', vhost '{VirtualHost}', name '{ClientName}'")]
    public static partial void Opened(
        ILogger logger, long connectionId, System.Net.EndPoint? peer, string user, string virtualHost, string clientName);

    [LoggerMessage(2004, LogLevel.Information, "Connection {ConnectionId} closed by its client")]
    public static partial void ClosedByClient(ILogger logger, long connectionId);

    [LoggerMessage(2005, LogLevel.Debug, "Connection {ConnectionId} from {Peer} ended before it said anything (a port check)")]
    public static partial void EndedSilently(ILogger logger, long connectionId, System.Net.EndPoint? peer);

    [LoggerMessage(2006, LogLevel.Warning, "Connection {ConnectionId} from {Peer}: client ended the TCP connection without connection.close")]
    public static partial void EndedByPeer(ILogger logger, long connectionId, System.Net.EndPoint? peer);

    [LoggerMessage(2007, LogLevel.Warning, "Connection {ConnectionId} from {Peer} lost: {Reason}")]
    public static partial void Lost(ILogger logger, long connectionId, System.Net.EndPoint? peer, string reason);

    [LoggerMessage(2008, LogLevel.Warning, "Connection {ConnectionId} closed: no heartbeat for {SilentSeconds} s")]
    public static partial void HeartbeatMissed(ILogger logger, long connectionId, long silentSeconds);

    [LoggerMessage(2009, LogLevel.Warning, "Connection {ConnectionId} from {Peer} dropped: handshake not finished after {Seconds} s")]
    public static partial void HandshakeTimedOut(ILogger logger, long connectionId, System.Net.EndPoint? peer, double seconds);

    [LoggerMessage(2010, LogLevel.Warning, "Connection {ConnectionId} from {Peer} refused: {Reason}")]
    public static partial void Refused(ILogger logger, long connectionId, System.Net.EndPoint? peer, string reason);

    [LoggerMessage(2011, LogLevel.Warning, "Connection {ConnectionId} from {Peer} closed by an error: {Reason}")]
    public static partial void Failed(ILogger logger, long connectionId, System.Net.EndPoint? peer, string reason);

    [LoggerMessage(2012, LogLevel.Error, "Connection {ConnectionId} met an unexpected error")]
    public static partial void Unexpected(ILogger logger, long connectionId, Exception error);

    [LoggerMessage(2013, LogLevel.Warning, "Channel {Channel} of connection {ConnectionId} closed by an error: {Reason}")]
    public static partial void ChannelFailed(ILogger logger, long connectionId, ushort channel, string reason);

    [LoggerMessage(2014, LogLevel.Error, "Accepting connections on {EndPoint} failed; trying again")]
    public static partial void AcceptFailed(ILogger logger, System.Net.EndPoint? endPoint, Exception error);

    [LoggerMessage(2015, LogLevel.Information, "Login of user '{User}' from {Peer} refused: {Reason}")]
    public static partial void LoginRefused(ILogger logger, string user, System.Net.EndPoint? peer, string reason);

    [LoggerMessage(2016, LogLevel.Debug, "Connection {ConnectionId} from {Peer} did not start with the protocol header of AMQP 0-9-1")]
    public static partial void WrongProtocol(ILogger logger, long connectionId, System.Net.EndPoint? peer);

    [LoggerMessage(2043, LogLevel.Warning, "Listeners for clients are suspended: nobody can connect")]
    public static partial void ListenersSuspended(ILogger logger);

    [LoggerMessage(2044, LogLevel.Warning, "Maintenance mode: {Connections} connections are closed, and nobody can connect")]
    public static partial void Drained(ILogger logger, int connections);

    [LoggerMessage(2045, LogLevel.Warning, "The maintenance mode is over")]
    public static partial void Revived(ILogger logger);

    [LoggerMessage(2041, LogLevel.Warning, "Connection {ConnectionId} of user '{User}' from {Peer}: its new token is refused: {Reason}")]
    public static partial void TokenRefused(ILogger logger, long connectionId, string user, System.Net.EndPoint? peer, string reason);

    [LoggerMessage(2042, LogLevel.Warning, "Connection {ConnectionId} of user '{User}' from {Peer} is closed: its token has expired")]
    public static partial void TokenExpired(ILogger logger, long connectionId, string user, System.Net.EndPoint? peer);

    [LoggerMessage(2040, LogLevel.Warning, "Login of user '{User}' from {Peer} waits {Seconds} s, after several that failed")]
    public static partial void LoginDelayed(ILogger logger, string user, System.Net.EndPoint? peer, double seconds);
}
