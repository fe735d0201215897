namespace HareMQ.Perf;

/// <summary>A few threads that do the same with connections of their own, one after the other.</summary>
internal static class Workers
{
    /// <summary>Returns when all have returned; the first exception of any stops the others at their next question.</summary>
    /// <param name="work">Gets the worker's number, and whether to go on.</param>
    public static void Run(int count, RunContext context, Action<int, Func<bool>> work)
    {
        Exception? failure = null;
        bool GoOn() => Volatile.Read(ref failure) is null && !context.Interrupt.IsCancellationRequested;
        var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            try
            {
                work(number, GoOn);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }) { IsBackground = true, Name = $"worker {number + 1}" }).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failure is PerfException expected) throw expected;
        if (failure is not null) throw new PerfException(ExitCode.BrokerClosed, $"internal error: {failure}");
    }
}
