using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HareMQ.Hosting;

/// <summary>A listener as configuration writes it: <c>5672</c>, <c>127.0.0.1:5672</c>, <c>[::1]:5672</c>, <c>:::5672</c>.</summary>
internal static class ListenerAddress
{
    public const string Expected = "port, ip:port, [ipv6]:port or :::port, with a port of 0 (any free one) to 65535";

    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? listener)
    {
        listener = null;
        var colon = text.LastIndexOf(':');
        if (!TryParsePort(text.AsSpan(colon + 1), out var port)) return false;
        if (colon < 0)
        {
            listener = new IPEndPoint(ServerSettings.EveryInterface, port);
            return true;
        }
        if (!TryParseHost(text[..colon], out var address)) return false;
        listener = new IPEndPoint(address, port);
        return true;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && OptionRange.Port.Contains(port);

    private static bool TryParseHost(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        var bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out address)) return false;
        // The parser takes "1" for 0.0.0.1; whoever writes 1:5672 does not mean that.
        return address.AddressFamily == AddressFamily.InterNetworkV6 || (!bracketed && host.AsSpan().Count('.') == 3);
    }
}
