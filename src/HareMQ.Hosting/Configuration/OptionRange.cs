namespace HareMQ.Hosting;

/// <summary>The allowed values of a number, both ends included. Options and configuration keys share them, so they cannot differ.</summary>
internal readonly record struct OptionRange(long Min, long Max, string Unit = "")
{
    public static readonly OptionRange Port = new(0, 65535);
    public static readonly OptionRange HeartbeatSeconds = new(0, 65535, " seconds (0 = off)");

    /// <summary>Below 4096 (frame-min-size) no peer may go; the upper end bounds a connection's buffers.</summary>
    public static readonly OptionRange FrameMaxBytes = new(4096, 16 * 1024 * 1024, " bytes");

    public static readonly OptionRange InitialFrameMaxBytes = new(4096, 1024 * 1024, " bytes");
    public static readonly OptionRange BodyBytes = new(1, 1024 * 1024 * 1024, " bytes");
    public static readonly OptionRange ChannelMax = new(0, 65535, " (0 = no limit of the server's)");
    public static readonly OptionRange MaxMessageBytes = new(1, 512 * 1024 * 1024, " bytes");
    public static readonly OptionRange HandshakeTimeoutMilliseconds = new(100, 600_000, " milliseconds");
    public static readonly OptionRange CertificateDepth = new(0, 255, " intermediate certificates");
    public static readonly OptionRange AlternativeNameIndex = new(0, 255);
    public static readonly OptionRange Limit = new(0, int.MaxValue);
    public static readonly OptionRange PasswordLength = new(0, 255, " characters");
    public static readonly OptionRange ConsumersPerChannel = new(1, int.MaxValue);
    public static readonly OptionRange Backlog = new(1, 65535, " connections");
    public static readonly OptionRange SocketBufferBytes = new(1024, 256 * 1024 * 1024, " bytes");

    /// <summary>From the distance of samples to what nobody looks at.</summary>
    public static readonly OptionRange SamplePeriodSeconds = new(5, 31 * 24 * 3600, " seconds");

    public const int SamplesMax = 1000;

    public static readonly OptionRange LogFiles = new(0, 1000, " older files");

    public static readonly OptionRange MemoryShare = new(0, 1);

    /// <summary>The disk may be larger than the memory.</summary>
    public static readonly OptionRange DiskShare = new(0, 1000);

    public static readonly OptionRange ResourceBytes = new(0, long.MaxValue, " bytes");
    public static readonly OptionRange MemoryTotalBytes = new(1, long.MaxValue, " bytes");
    public static readonly OptionRange MemoryIntervalMilliseconds = new(100, 600_000, " milliseconds");

    /// <summary>0 would close every channel with an unacknowledged delivery (as RabbitMQ's configuration).</summary>
    public static readonly OptionRange ConsumerTimeoutMilliseconds = new(1, 315_360_000_000, " milliseconds");

    public bool Contains(long value) => value >= Min && value <= Max;

    public bool Contains(double value) => value >= Min && value <= Max;

    public override string ToString() => $"{Min} to {Max}{Unit}";
}
