using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace HareMQ.Management.Http;

/// <summary>Name and password from an <c>Authorization: Basic</c> header (RFC 7617).</summary>
internal static class BasicCredentials
{
    private const string Scheme = "Basic ";

    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out string? name, out byte[] password)
    {
        name = null;
        password = [];
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        var encoded = header.AsSpan(Scheme.Length).Trim();
        var decoded = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, decoded, out var count)) return false;
        var colon = decoded.AsSpan(0, count).IndexOf((byte)':');
        if (colon < 0) return false;
        name = Encoding.UTF8.GetString(decoded.AsSpan(0, colon));
        password = decoded[(colon + 1)..count];
        return true;
    }
}
