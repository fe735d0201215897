namespace HareMQ.Broker.Exchanges;

/// <summary>Hashes that are the same in every process and version: if they changed, an upgrade would send keys to other queues.</summary>
internal static class StableHash
{
    // FNV-1a's. Its low quality is mended by Mix, which every user applies last.
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Basis;
        foreach (var b in bytes) hash = (hash ^ b) * Prime;
        return hash;
    }

    /// <summary>The hash of ASCII text is that of its bytes.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Basis;
        foreach (var c in text) hash = (hash ^ c) * Prime;
        return hash;
    }

    public static ulong Of(long number) => (Basis ^ (ulong)number) * Prime;

    /// <summary>Spreads every bit over all others. Different inputs have different results.</summary>
    public static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
