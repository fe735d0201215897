using Microsoft.Extensions.Logging;

namespace HareMQ.OAuth2;

/// <summary>Ids 26xx. Never a token.</summary>
internal static partial class OAuth2Log
{
    [LoggerMessage(2601, LogLevel.Information, "{Count} signing keys fetched from {Address}")]
    public static partial void KeysFetched(ILogger logger, int count, Uri address);

    [LoggerMessage(2602, LogLevel.Error, "Signing keys could not be fetched from {Address}: {Reason}")]
    public static partial void FetchFailed(ILogger logger, Uri address, string reason);
}
