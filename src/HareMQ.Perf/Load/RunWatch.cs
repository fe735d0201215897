namespace HareMQ.Perf;

/// <summary>The main thread while a load runs: waits, shows progress, and passes on what went wrong elsewhere.</summary>
internal sealed class RunWatch(LoadSession session, RunContext context)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(2);

    public bool IsInterrupted => context.Interrupt.IsCancellationRequested;

    /// <summary>Waits for a moment; returns before it if <paramref name="isOver"/>, or if the user has had enough.</summary>
    public void Until(long time, Func<bool>? isOver = null)
    {
        while (Clock.Now < time && !IsInterrupted && isOver?.Invoke() != true) Pause();
    }

    /// <summary>Waits until <paramref name="isOver"/>; false if <paramref name="movement"/> has stood still for so long.</summary>
    public bool While(Func<long> movement, TimeSpan patience, Func<bool> isOver)
    {
        var (last, lastAt) = (movement(), Clock.Now);
        while (!isOver())
        {
            Pause();
            var current = movement();
            if (current != last) (last, lastAt) = (current, Clock.Now);
            else if (Clock.Now - lastAt > Clock.Nanoseconds(patience)) return false;
        }

        ThrowOnFailure();
        return true;
    }

    /// <summary>Waits until the count is published; or until nothing moves any more, or the user has had enough.</summary>
    public void UntilPublished(LoadOptions options)
    {
        // With a slow rate, standing still is normal between two messages.
        var interval = options.Rate.Count > 0 ? TimeSpan.FromSeconds(1 / options.Rate[0].PerSecond) : TimeSpan.Zero;
        While(
            () => session.Published + session.Settled + session.Consumed,
            options.Timeout + interval,
            () => IsInterrupted || session.ArePublishersDone || session.Published >= options.Count);
    }

    private void Pause()
    {
        ThrowOnFailure();
        Thread.Sleep(s_interval);
        context.Progress.Tick(session);
    }

    private void ThrowOnFailure()
    {
        if (session.State.Failure is { } failure)
            throw failure as PerfException ?? new PerfException(ExitCode.BrokerClosed, $"internal error: {failure}");
    }
}
