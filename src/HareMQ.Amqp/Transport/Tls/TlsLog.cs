using System.Net;
using Microsoft.Extensions.Logging;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>What is logged before a connection speaks AMQP, and about certificates: ids 205x and 206x.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(2050, LogLevel.Information, "Listening for AMQP 0-9-1 over TLS on {EndPoint}")]
    public static partial void Listening(ILogger logger, EndPoint endPoint);

    [LoggerMessage(2051, LogLevel.Information, "Connection {ConnectionId} is encrypted: {Session}")]
    public static partial void Encrypted(ILogger logger, long connectionId, TlsSession session);

    [LoggerMessage(2052, LogLevel.Warning, "TLS handshake with {Peer} failed: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, EndPoint? peer, string reason);

    [LoggerMessage(2053, LogLevel.Warning, "TLS handshake with {Peer} not finished after {Seconds} s")]
    public static partial void HandshakeTimedOut(ILogger logger, EndPoint? peer, double seconds);

    [LoggerMessage(2054, LogLevel.Debug, "{Peer} went away before it said anything (a port check)")]
    public static partial void EndedSilently(ILogger logger, EndPoint? peer);

    [LoggerMessage(2055, LogLevel.Warning, "Connection from {Peer} dropped: {Reason}")]
    public static partial void ProxyHeaderRefused(ILogger logger, EndPoint? peer, string reason);

    [LoggerMessage(2056, LogLevel.Error, "Opening a connection from {Peer} met an unexpected error")]
    public static partial void Unexpected(ILogger logger, EndPoint? peer, Exception error);

    [LoggerMessage(2060, LogLevel.Information, "Certificate and key read again from {File}; the certificate is valid until {ExpiresAt:yyyy-MM-dd HH:mm:ss} UTC")]
    public static partial void Reloaded(ILogger logger, string file, DateTime expiresAt);

    [LoggerMessage(2061, LogLevel.Error, "Changed certificate files are not usable, the old ones stay in force: {Reason}")]
    public static partial void ReloadFailed(ILogger logger, string reason);

    [LoggerMessage(2062, LogLevel.Warning, "The certificate of {File} has expired at {ExpiresAt:yyyy-MM-dd HH:mm:ss} UTC: clients will refuse it")]
    public static partial void Expired(ILogger logger, string file, DateTime expiresAt);
}
