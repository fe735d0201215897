namespace HareMQ.Testing;

/// <summary>Waits for a condition instead of for a time: polls to a generous deadline, then reports the last value seen.</summary>
public static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    public static Task Equal<T>(T expected, Func<T> actual) => Equal(expected, () => Task.FromResult(actual()));

    public static async Task Equal<T>(T expected, Func<Task<T>> actual) =>
        await Holds(actual, value => EqualityComparer<T>.Default.Equals(value, expected), $"value {expected}");

    public static async Task<T> NotNullAsync<T>(Func<Task<T?>> actual, string what) where T : class =>
        (await Holds(actual, value => value is not null, what))!;

    /// <summary>Returns the first value that satisfies the condition.</summary>
    /// <exception cref="TimeoutException">None did before the deadline.</exception>
    public static async Task<T> Holds<T>(Func<Task<T>> actual, Func<T, bool> condition, string what)
    {
        using var timer = new PeriodicTimer(s_interval);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var value = await actual();
            if (condition(value)) return value;
            if (TimeProvider.System.GetElapsedTime(start) > Deadline)
                throw new TimeoutException($"Waited {Deadline.TotalSeconds} s for {what}; the last value was {value}.");
            await timer.WaitForNextTickAsync();
        }
    }
}
