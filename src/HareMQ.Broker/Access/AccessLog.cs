using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Access;

internal static partial class AccessLog
{
    [LoggerMessage(2501, LogLevel.Warning,
        "User {User} in {VirtualHost}: matching pattern {Pattern} took too long and counts as a refusal")]
    public static partial void PatternTimedOut(ILogger logger, string user, string virtualHost, string pattern);
}
