using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Access;

/// <summary>Who changed what, and who was not let in: ids 27xx, all in the category <c>audit</c>. Names only, nothing that was sent along.</summary>
internal static partial class AuditLog
{
    public const string Category = "HareMQ.Audit";

    [LoggerMessage(2701, LogLevel.Information, "{User} from {Peer}: {Method} {Path}: {Status}")]
    public static partial void Changed(ILogger logger, string user, object? peer, string method, string path, int status);

    [LoggerMessage(2702, LogLevel.Warning, "{User} from {Peer}: {Method} {Path}: {Status}, {Reason}")]
    public static partial void ChangeRefused(
        ILogger logger, string user, object? peer, string method, string path, int status, string reason);

    [LoggerMessage(2703, LogLevel.Warning, "Login of {User} from {Peer} over {Protocol} refused: {Reason}")]
    public static partial void LoginRefused(ILogger logger, string user, object? peer, string protocol, string reason);
}
