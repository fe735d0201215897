namespace HareMQ.Cli;

/// <summary>Asks again and again.</summary>
internal static class Waiting
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <exception cref="CliException">It did not come true in time.</exception>
    public static async Task UntilAsync(Invocation call, TimeSpan limit, Func<Task<bool>> isTrueAsync)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isTrueAsync())
        {
            if (limit >= TimeSpan.Zero && TimeProvider.System.GetElapsedTime(start) >= limit)
            {
                throw CliException.Bare(
                    ExitCode.Timeout,
                    $"Error: operation {call.Command.Name} timed out. Timeout value used: {(long)limit.TotalMilliseconds}");
            }

            await Task.Delay(s_interval, call.Interrupt);
        }
    }

    /// <summary>False also while nobody answers yet.</summary>
    public static async Task<bool> IsRunningAsync(Invocation call)
    {
        using var client = call.CreateClientAnew(TimeSpan.FromSeconds(5));
        try
        {
            var answer = await client.GetAsync("haremq/node");
            // A broker inside an application does not answer unless it runs.
            return answer.IsNotFound || Json.String(answer.Object, "state") == "running";
        }
        catch (CliException error) when (error.Code is ExitCode.Unavailable or ExitCode.Timeout)
        {
            return false;
        }
    }
}
