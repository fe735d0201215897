using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HareMQ.Amqp.Transport;

/// <summary>
/// What a proxy says about the connection it passes on: the header of the PROXY protocol, version 1 (text) or 2 (binary), both of haproxy's
/// specification.
/// </summary>
/// <remarks>
/// Nothing behind the header may be taken from the socket, because TLS reads from there. So <see cref="Read"/> tells how many more bytes surely
/// belong to the header, and whoever reads asks the socket for no more than that.
/// </remarks>
internal readonly record struct ProxyHeader
{
    /// <summary>A longer header is refused. Version 1 has a limit of 107 of its own; version 2 may claim 64 KiB of extensions.</summary>
    public const int BytesMax = 4096;

    private const int TextBytesMax = 107;

    /// <summary>The length of <c>PROXY UNKNOWN\r\n</c>, the shortest header of either version.</summary>
    private const int BytesMin = 15;

    // Version 2: 12 bytes of signature, version and command, family and transport, u16 length of the rest.
    private const int BinaryHeadBytes = 16;
    private const int CommandAt = 12;
    private const int FamilyAt = 13;
    private const int LengthAt = 14;

    private static ReadOnlySpan<byte> TextStart => "PROXY "u8;

    private static ReadOnlySpan<byte> BinaryStart => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Not 0: the header is not complete, and at least so many bytes of it are missing.</summary>
    public int BytesWanted { get; private init; }

    /// <summary>Not null: these bytes are no header.</summary>
    public string? Error { get; private init; }

    /// <summary>Null: the proxy speaks for itself (a health check), or does not know; the socket's address counts then.</summary>
    public IPEndPoint? Source { get; private init; }

    /// <summary>Where the client had connected to; null together with <see cref="Source"/>.</summary>
    public IPEndPoint? Destination { get; private init; }

    /// <param name="received">All bytes since the connection began, and no more than were wanted.</param>
    public static ProxyHeader Read(ReadOnlySpan<byte> received)
    {
        var isText = StartsAs(TextStart, received);
        var isBinary = StartsAs(BinaryStart, received);
        if (!isText && !isBinary) return Malformed("it does not start with a PROXY header");
        if (received.Length < BytesMin) return Wanting(BytesMin - received.Length);
        return isText ? ReadText(received) : ReadBinary(received);
    }

    private static bool StartsAs(ReadOnlySpan<byte> start, ReadOnlySpan<byte> received)
    {
        var bytes = Math.Min(start.Length, received.Length);
        return start[..bytes].SequenceEqual(received[..bytes]);
    }

    private static ProxyHeader ReadText(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf((byte)'\n');
        if (end < 0)
        {
            if (received.Length >= TextBytesMax) return Malformed($"the PROXY line is longer than {TextBytesMax} bytes");
            return Wanting(Math.Min(received[^1] == '\r' ? 1 : 2, TextBytesMax - received.Length));
        }

        if (end != received.Length - 1 || received[end - 1] != '\r') return Malformed("the PROXY line does not end with CR and LF");
        var words = Encoding.Latin1.GetString(received[..(end - 1)]).Split(' ');
        if (words[1] == "UNKNOWN") return default;
        if (words.Length != 6) return Malformed("the PROXY line has not the six words that it should have");
        var family = words[1] switch
        {
            "TCP4" => AddressFamily.InterNetwork,
            "TCP6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        if (family == AddressFamily.Unspecified) return Malformed("the PROXY line is neither about TCP4 nor TCP6 nor UNKNOWN");
        if (!TryReadAddress(words[2], family, out var source) || !TryReadAddress(words[3], family, out var destination))
            return Malformed("the PROXY line has an address that is none");
        if (!TryReadPort(words[4], out var sourcePort) || !TryReadPort(words[5], out var destinationPort))
            return Malformed("the PROXY line has a port that is none");
        return new ProxyHeader { Source = new IPEndPoint(source, sourcePort), Destination = new IPEndPoint(destination, destinationPort) };
    }

    /// <summary>Only what the specification writes: the runtime's parser also takes <c>1</c>, <c>0x7f.1</c> and <c>fe80::1%2</c>.</summary>
    private static bool TryReadAddress(string text, AddressFamily family, out IPAddress address)
    {
        address = IPAddress.None;
        if (family == AddressFamily.InterNetwork)
        {
            if (text.AsSpan().Count('.') != 3 || text.AsSpan().ContainsAnyExcept("0123456789.")) return false;
        }
        else if (text.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF:."))
        {
            return false;
        }

        if (!IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != family) return false;
        address = parsed;
        return true;
    }

    private static bool TryReadPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    private static ProxyHeader ReadBinary(ReadOnlySpan<byte> received)
    {
        if (received.Length < BinaryHeadBytes) return Wanting(BinaryHeadBytes - received.Length);
        var bytes = BinaryHeadBytes + BinaryPrimitives.ReadUInt16BigEndian(received[LengthAt..]);
        if (bytes > BytesMax) return Malformed($"the PROXY header has {bytes} bytes, {BytesMax} are allowed");
        if (received[CommandAt] is not (0x20 or 0x21)) return Malformed($"version and command of the PROXY header are 0x{received[CommandAt]:x2}");
        if (received.Length < bytes) return Wanting(bytes - received.Length);
        if (received.Length > bytes) return Malformed("the PROXY header is shorter than what was read");
        // LOCAL: a health check of the proxy's own. What stands behind the addresses are extensions (TLVs) that nothing here needs.
        if (received[CommandAt] == 0x20) return default;
        var addresses = received[BinaryHeadBytes..];
        return received[FamilyAt] switch
        {
            0x11 => ReadAddresses(addresses, addressBytes: 4),
            0x21 => ReadAddresses(addresses, addressBytes: 16),
            // Unknown, and Unix sockets: the client's side has no address that could be checked or listed.
            0x00 or 0x31 => default,
            var other => Malformed($"family and transport of the PROXY header are 0x{other:x2}"),
        };
    }

    /// <summary>Source address, destination address, source port, destination port.</summary>
    private static ProxyHeader ReadAddresses(ReadOnlySpan<byte> addresses, int addressBytes)
    {
        if (addresses.Length < 2 * addressBytes + 4) return Malformed("the PROXY header is too short for its addresses");
        var ports = addresses[(2 * addressBytes)..];
        return new ProxyHeader
        {
            Source = new IPEndPoint(new IPAddress(addresses[..addressBytes]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            Destination = new IPEndPoint(
                new IPAddress(addresses.Slice(addressBytes, addressBytes)), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])),
        };
    }

    private static ProxyHeader Wanting(int bytes) => new() { BytesWanted = bytes };

    private static ProxyHeader Malformed(string error) => new() { Error = error };
}
