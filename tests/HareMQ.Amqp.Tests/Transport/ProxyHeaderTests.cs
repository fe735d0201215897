using System.Buffers.Binary;
using System.Net;
using System.Text;
using HareMQ.Amqp.Transport;

namespace HareMQ.Amqp.Tests.Transport;

public sealed class ProxyHeaderTests
{
    private static readonly byte[] s_signature = [.. "\r\n\r\n\0\r\nQUIT\n"u8];

    public static TheoryData<byte[], string?, string?> Valid => new()
    {
        { Text("PROXY TCP4 192.0.2.7 198.51.100.1 56324 5672\r\n"), "192.0.2.7:56324", "198.51.100.1:5672" },
        { Text("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"), "255.255.255.255:65535", "255.255.255.255:65535" },
        { Text("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n"), "0.0.0.0:0", "0.0.0.0:0" },
        { Text("PROXY TCP6 2001:db8::7 2001:db8::1 56324 5672\r\n"), "[2001:db8::7]:56324", "[2001:db8::1]:5672" },
        { Text("PROXY UNKNOWN\r\n"), null, null },
        { Text("PROXY UNKNOWN ffff:f::ffff ffff:f::ffff 65535 65535\r\n"), null, null },
        { Binary(0x21, 0x11, [192, 0, 2, 7, 198, 51, 100, 1, 0xDC, 0x04, 0x16, 0x28]), "192.0.2.7:56324", "198.51.100.1:5672" },
        { Binary(0x21, 0x21, [.. Ip("2001:db8::7"), .. Ip("2001:db8::1"), 0xDC, 0x04, 0x16, 0x28]), "[2001:db8::7]:56324", "[2001:db8::1]:5672" },
        // Extensions: a checksum (type 3) and a long authority (type 2).
        { Binary(0x21, 0x11, [1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 0, 10, 3, 0, 4, 1, 2, 3, 4]), "1.2.3.4:9", "5.6.7.8:10" },
        { Binary(0x21, 0x11, [1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 0, 10, 2, 2, 0, .. new byte[512]]), "1.2.3.4:9", "5.6.7.8:10" },
        { Binary(0x20, 0x00, []), null, null },
        { Binary(0x20, 0x11, [1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 0, 10]), null, null },
        { Binary(0x21, 0x00, []), null, null },
        { Binary(0x21, 0x31, new byte[216]), null, null },
    };

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_header_names_both_ends(byte[] header, string? source, string? destination)
    {
        var read = ProxyHeader.Read(header);
        Assert.Null(read.Error);
        Assert.Equal(0, read.BytesWanted);
        Assert.Equal(source, read.Source?.ToString());
        Assert.Equal(destination, read.Destination?.ToString());
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void It_may_be_cut_anywhere_and_never_is_more_wanted_than_is_missing(byte[] header, string? source, string? destination)
    {
        for (var bytes = 0; bytes < header.Length; bytes++)
        {
            var read = ProxyHeader.Read(header.AsSpan(0, bytes));
            Assert.Null(read.Error);
            Assert.InRange(read.BytesWanted, 1, header.Length - bytes);
        }

        var whole = ProxyHeader.Read(header);
        Assert.Equal((source, destination), (whole.Source?.ToString(), whole.Destination?.ToString()));
    }

    [Theory]
    [InlineData("AMQP\0\0\u0009\u0001")]
    [InlineData("\u0016\u0003\u0001\u0002\0")]
    [InlineData("proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n")]
    [InlineData("PROXY TCP4  1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n")]
    [InlineData("PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 0x1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.256 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 1\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP6 fe80::1%2 fe80::1 1 1\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 -1 1\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\nAMQP")]
    public void What_is_no_header_is_refused(string bytes) => Assert.NotNull(ProxyHeader.Read(Text(bytes)).Error);

    public static TheoryData<byte[]> BrokenBinary => new()
    {
        Binary(0x11, 0x11, new byte[12]),
        Binary(0x22, 0x11, new byte[12]),
        Binary(0x21, 0x12, new byte[12]),
        Binary(0x21, 0x41, new byte[12]),
        Binary(0x21, 0x11, new byte[11]),
        Binary(0x21, 0x21, new byte[35]),
        Binary(0x21, 0x11, new byte[5000]),
        Binary(0x20, 0x00, []).Append((byte)'A').ToArray(),
    };

    [Theory]
    [MemberData(nameof(BrokenBinary))]
    public void A_broken_binary_header_is_refused(byte[] bytes) => Assert.NotNull(ProxyHeader.Read(bytes).Error);

    [Fact]
    public void An_endless_line_is_refused_at_107_bytes()
    {
        var line = Text("PROXY UNKNOWN " + new string('x', 200));
        Assert.Null(ProxyHeader.Read(line.AsSpan(0, 106)).Error);
        Assert.Equal(1, ProxyHeader.Read(line.AsSpan(0, 106)).BytesWanted);
        Assert.NotNull(ProxyHeader.Read(line.AsSpan(0, 107)).Error);
    }

    [Fact]
    public void A_long_header_is_refused_before_its_extensions_are_read()
    {
        byte[] start = [.. s_signature, 0x21, 0x11, 0xFF, 0xFF];
        Assert.NotNull(ProxyHeader.Read(start).Error);
    }

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Ip(string address) => IPAddress.Parse(address).GetAddressBytes();

    private static byte[] Binary(byte command, byte family, byte[] rest)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)rest.Length);
        return [.. s_signature, command, family, .. length, .. rest];
    }
}
