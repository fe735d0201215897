namespace HareMQ.Hosting;

/// <summary>The allowed values of a number, both ends included. Options and configuration keys share them, so they cannot differ.</summary>
internal readonly record struct OptionRange(long Min, long Max, string Unit = "")
{
    public static readonly OptionRange Port = new(0, 65535);
    public static readonly OptionRange HeartbeatSeconds = new(0, 65535, " seconds (0 = off)");

    /// <summary>Below 4096 (frame-min-size) no peer may go; the upper end bounds a connection's buffers.</summary>
    public static readonly OptionRange FrameMaxBytes = new(4096, 16 * 1024 * 1024, " bytes");

    public static readonly OptionRange ChannelMax = new(0, 65535, " (0 = no limit of the server's)");
    public static readonly OptionRange MaxMessageBytes = new(1, 512 * 1024 * 1024, " bytes");
    public static readonly OptionRange HandshakeTimeoutMilliseconds = new(100, 600_000, " milliseconds");
    public static readonly OptionRange Limit = new(0, int.MaxValue);
    public static readonly OptionRange ConsumersPerChannel = new(1, int.MaxValue);
    public static readonly OptionRange Backlog = new(1, 65535, " connections");
    public static readonly OptionRange SocketBufferBytes = new(1024, 256 * 1024 * 1024, " bytes");

    public bool Contains(long value) => value >= Min && value <= Max;

    public override string ToString() => $"{Min} to {Max}{Unit}";
}
