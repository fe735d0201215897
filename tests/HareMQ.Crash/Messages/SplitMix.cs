namespace HareMQ.Crash.Messages;

/// <summary>SplitMix64: random bytes that only their seed is needed to check.</summary>
internal static class SplitMix
{
    public static ulong Next(ref ulong state)
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        return mixed ^ mixed >> 31;
    }
}
