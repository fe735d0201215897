using System.Runtime.InteropServices;

namespace HareMQ.Perf;

/// <summary>What one thread has done so far: written by it after each burst, read by others. Alone on its cache lines.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct TallyCounters
{
    public long Published;
    public long Consumed;
}
