namespace HareMQ.Broker.Tests.Exchanges;

internal static class Allocation
{
    /// <summary>Bytes allocated by a thousand calls; 0 only if a call allocates nothing.</summary>
    /// <remarks>The least of several runs: while methods are compiled anew, the runtime allocates a little on its own account.</remarks>
    public static long OfThousand(Action call)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 5; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++) call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
