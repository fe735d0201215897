using HareMQ.Broker.Access;
using Microsoft.Extensions.Logging;

namespace HareMQ.Management.Http;

/// <summary>Notes changes in the audit log: those made, and those tried. Publishing and fetching messages is no change of the broker.</summary>
internal static class RequestAudit
{
    public static void Note(ApiRequest request, int status, string? reason = null)
    {
        var http = request.Http;
        var logger = request.Context.Core.Audit;
        // Whoever could not log in is noted where that was found out.
        if (!request.IsChange || !request.IsLoggedIn || !logger.IsEnabled(LogLevel.Information)) return;
        // As it was sent, so that a slash in a name is told from one between names; the query is left out.
        var path = $"/{string.Join('/', request.Segments.Select(Uri.EscapeDataString))}";
        if (reason is null) AuditLog.Changed(logger, request.User.Name, http.Connection.RemoteIpAddress, http.Request.Method, path, status);
        else AuditLog.ChangeRefused(logger, request.User.Name, http.Connection.RemoteIpAddress, http.Request.Method, path, status, reason);
    }
}
