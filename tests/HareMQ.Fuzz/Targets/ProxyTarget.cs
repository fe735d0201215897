using HareMQ.Amqp.Transport;
using HareMQ.Protocol;

namespace HareMQ.Fuzz.Targets;

/// <summary>The header of the PROXY protocol: what comes before a client has said anything.</summary>
internal sealed class ProxyTarget : IFuzzTarget
{
    public string Name => "proxy";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "PROXY TCP4 192.0.2.7 198.51.100.1 56324 5672\r\n"u8.ToArray(),
        "PROXY TCP6 2001:db8::7 2001:db8::1 56324 5672\r\n"u8.ToArray(),
        "PROXY UNKNOWN\r\n"u8.ToArray(),
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 19, 192, 0, 2, 7, 198, 51, 100, 1, 0xDC, 4, 0x16, 0x28, 3, 0, 4, 1, 2, 3, 4],
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0],
    ];

    public (int Constant, int PerByte) AllocationMax => (4096, 64);

    public void Run(ReadOnlySpan<byte> input)
    {
        // As the bytes would arrive: a part, and then what was wanted.
        var read = default(ProxyHeader);
        var bytes = 0;
        do
        {
            read = ProxyHeader.Read(input[..bytes]);
            if (read.Error is { } error) throw new ConnectionException(ReplyCode.FrameError, error);
            if ((read.Source is null) != (read.Destination is null)) throw new InvalidOperationException("Only one end is named.");
            bytes += read.BytesWanted;
            if (bytes > ProxyHeader.BytesMax) throw new InvalidOperationException("More is wanted than a header may have.");
        }
        while (read.BytesWanted > 0 && bytes <= input.Length);
    }
}
