using System.Globalization;
using System.Text.Json.Nodes;
using HareMQ.Broker.Clients;

namespace HareMQ.Management.Objects;

/// <summary>What a listener with TLS shows to clients.</summary>
internal static class CertificateObject
{
    /// <param name="context">Whose listener it is.</param>
    /// <param name="listener">It has a certificate.</param>
    public static JsonObject Render(ManagementContext context, ListenerSnapshot listener) => new()
    {
        ["node"] = context.Options.NodeName,
        ["interface"] = listener.Host,
        ["port"] = listener.Port,
        ["protocol"] = listener.Protocol,
        ["subject"] = listener.Certificate!.Subject,
        ["issuer"] = listener.Certificate.Issuer,
        ["serial"] = listener.Certificate.SerialNumber,
        ["not_before"] = Time(listener.Certificate.NotBefore),
        ["not_after"] = Time(listener.Certificate.NotAfter),
    };

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
