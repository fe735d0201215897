using System.Net;
using Microsoft.Extensions.Logging;

namespace HareMQ.Management;

internal static partial class ManagementLog
{
    [LoggerMessage(1, LogLevel.Information, "The HTTP API listens on {Address}")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(2, LogLevel.Warning, "HTTP: login of user '{User}' from {Peer} was refused: {Reason}")]
    public static partial void LoginRefused(ILogger logger, string user, IPAddress? peer, string reason);

    [LoggerMessage(3, LogLevel.Error, "HTTP: {Method} {Path} failed unexpectedly")]
    public static partial void Unexpected(ILogger logger, string method, string path, Exception error);

    [LoggerMessage(5, LogLevel.Information, "Metrics for Prometheus are at {Scheme}://{EndPoint}{Path}")]
    public static partial void MetricsListening(ILogger logger, string scheme, EndPoint endPoint, string path);

    [LoggerMessage(4, LogLevel.Error, "The statistics could not be sampled")]
    public static partial void SamplingFailed(ILogger logger, Exception error);

    [LoggerMessage(20, LogLevel.Information, "The control socket is {Path}")]
    public static partial void ControlSocketOpen(ILogger logger, string path);

    [LoggerMessage(5, LogLevel.Information, "Definitions loaded from {File}")]
    public static partial void DefinitionsLoaded(ILogger logger, string file);

    [LoggerMessage(6, LogLevel.Information, "Definitions of {Path} have not changed since they were loaded; skipped")]
    public static partial void DefinitionsUnchanged(ILogger logger, string path);
}
