namespace HareMQ.Testing.Wire;

/// <summary>What a client says while it connects; each test changes the one thing it is about.</summary>
public sealed record WireHandshake
{
    public string Mechanism { get; init; } = "PLAIN";

    public byte[] Response { get; init; } = "\0guest\0guest"u8.ToArray();

    public Action<WireWriter> ClientProperties { get; init; } = AllCapabilities;

    public string VirtualHost { get; init; } = "/";

    public ushort ChannelMax { get; init; } = 2047;

    public uint FrameMaxBytes { get; init; } = 131072;

    public ushort HeartbeatSeconds { get; init; }

    public static void AllCapabilities(WireWriter properties) => properties
        .StringField("product", "WireClient")
        .TableField("capabilities", capabilities => capabilities
            .BooleanField("publisher_confirms", true)
            .BooleanField("basic.nack", true)
            .BooleanField("consumer_cancel_notify", true)
            .BooleanField("connection.blocked", true)
            .BooleanField("authentication_failure_close", true));

    public static void NoCapabilities(WireWriter properties) => properties.StringField("product", "WireClient");

    public byte[] StartOk() => WireWriter.Method(0, MethodId.ConnectionStartOk, arguments => arguments
        .Table(ClientProperties).ShortString(Mechanism).LongString(Response).ShortString("en_US"));

    public byte[] TuneOk() => WireWriter.Method(0, MethodId.ConnectionTuneOk, arguments => arguments
        .Short(ChannelMax).Long(FrameMaxBytes).Short(HeartbeatSeconds));

    public byte[] Open() => WireWriter.Method(0, MethodId.ConnectionOpen, arguments => arguments
        .ShortString(VirtualHost).ShortString("").Bits(false));
}
