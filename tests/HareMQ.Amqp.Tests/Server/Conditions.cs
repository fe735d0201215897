namespace HareMQ.Amqp.Tests.Server;

/// <summary>Waits for what another thread does, with a deadline that only a failing test reaches.</summary>
internal static class Conditions
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    /// <param name="condition">What is waited for.</param>
    /// <param name="meanwhile">Done before each look, for example to move a clock.</param>
    public static async Task BecomesTrueAsync(Func<bool> condition, Action? meanwhile = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_deadline, "The condition did not come true in time.");
            meanwhile?.Invoke();
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
