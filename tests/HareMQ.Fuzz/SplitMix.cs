namespace HareMQ.Fuzz;

/// <summary>
/// SplitMix64: a few instructions per number, and every iteration of a run can be seeded on its own and so repeated alone.
/// </summary>
internal struct SplitMix(ulong seed)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    public static SplitMix ForIteration(ulong seed, long iteration) => new(Mix(seed + (ulong)iteration * Gamma));

    public ulong Next() => Mix(_state += Gamma);

    /// <summary>A number below <paramref name="limit"/>, which is small enough for the bias not to matter.</summary>
    public int Next(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    private static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}
