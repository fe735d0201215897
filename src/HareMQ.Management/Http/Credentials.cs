using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace HareMQ.Management.Http;

/// <summary>Name and password from an <c>Authorization</c> header: <c>Basic</c> (RFC 7617), or <c>Bearer</c> (RFC 6750), a token without a name.</summary>
internal static class Credentials
{
    private const string BasicScheme = "Basic ";
    private const string BearerScheme = "Bearer ";

    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out string? name, out byte[] password)
    {
        name = null;
        password = [];
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase))
        {
            name = "";
            password = Encoding.UTF8.GetBytes(header[BearerScheme.Length..].Trim());
            return true;
        }

        if (!header.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase)) return false;
        var encoded = header.AsSpan(BasicScheme.Length).Trim();
        var decoded = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, decoded, out var count)) return false;
        var colon = decoded.AsSpan(0, count).IndexOf((byte)':');
        if (colon < 0) return false;
        name = Encoding.UTF8.GetString(decoded.AsSpan(0, colon));
        password = decoded[(colon + 1)..count];
        return true;
    }
}
