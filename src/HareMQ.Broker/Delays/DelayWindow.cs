using System.Globalization;

namespace HareMQ.Broker.Delays;

/// <summary>A stretch of time whose messages lie in one log. The nearer it is, the shorter: each level's windows hold 64 of the level below.</summary>
/// <param name="Level">0 = the shortest.</param>
/// <param name="StartMs">Milliseconds since the Unix epoch, a multiple of the level's width.</param>
internal readonly record struct DelayWindow(int Level, long StartMs)
{
    /// <summary>Windows of 16 ms, 1 s, 66 s, 70 minutes and 75 hours.</summary>
    public const int LevelCount = 5;

    private const int LowestWidthBits = 4;
    private const int LevelBits = 6;

    public long EndMs => StartMs + WidthMs(Level);

    /// <summary>The directory of the window's log.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Level}-{StartMs:x16}");

    public static long WidthMs(int level) => 1L << WidthBits(level);

    public static DelayWindow At(int level, long timeMs) => new(level, timeMs >> WidthBits(level) << WidthBits(level));

    /// <summary>The end of the level's next window: what is due before it lies in finer windows already.</summary>
    public static long FrontierAt(int level, long nowMs) => At(level, nowMs).EndMs + WidthMs(level);

    public static bool TryParse(string name, out DelayWindow window)
    {
        window = default;
        if (name.Length != 18 || name[1] != '-' || name[0] is < '0' or >= (char)('0' + LevelCount)) return false;
        if (!long.TryParse(name.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var startMs)) return false;
        window = new DelayWindow(name[0] - '0', startMs);
        return window == At(window.Level, startMs);
    }

    private static int WidthBits(int level) => LowestWidthBits + (level * LevelBits);
}
