using Microsoft.Extensions.Logging;

namespace HareMQ.Server;

/// <summary>What the program itself logs: ids 00xx from 50 on.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(50, LogLevel.Warning, "The service manager cannot be reached at NOTIFY_SOCKET={Path}: {Reason}")]
    public static partial void ServiceManagerUnreachable(ILogger logger, string path, string reason);

    [LoggerMessage(51, LogLevel.Warning, "The service manager could not be told {State}: {Reason}")]
    public static partial void NotificationFailed(ILogger logger, string state, string reason);
}
