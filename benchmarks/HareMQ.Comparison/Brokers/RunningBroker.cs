using System.Globalization;
using HareMQ.Perf;

namespace HareMQ.Comparison.Brokers;

/// <summary>A broker process on this machine. Disposing it ends it.</summary>
internal abstract class RunningBroker(CancellationToken interrupt) : IDisposable
{
    private static readonly TimeSpan s_answerPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    public abstract string Uri { get; }

    public abstract int Pid { get; }

    /// <summary>From exec until it was ready.</summary>
    public double StartSeconds { get; protected set; }

    public AmqpLink Connect() => AmqpLink.Open(BrokerAddress.Parse(Uri), s_answerPatience);

    /// <summary>SIGKILL, and waits for the end.</summary>
    public abstract void Kill();

    public abstract void Dispose();

    protected static string LocalUri(int port) => string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@127.0.0.1:{port}/");

    /// <param name="startedAt">By <see cref="Clock"/>.</param>
    /// <param name="isReady">See <see cref="BrokerSource.Start"/>.</param>
    /// <param name="failure">Says why it will not start any more; null while it may.</param>
    /// <param name="patience">How long it may take.</param>
    protected void AwaitReady(long startedAt, Func<AmqpLink, bool>? isReady, Func<string?> failure, TimeSpan patience)
    {
        void Pause(string why)
        {
            interrupt.ThrowIfCancellationRequested();
            if (failure() is { } reason) throw new ComparisonException($"the broker did not start: {reason}");
            if (Clock.Now - startedAt > Clock.Nanoseconds(patience))
                throw new ComparisonException($"the broker was not ready after {patience.TotalSeconds} s: {why}");
            Thread.Sleep(s_pause);
        }

        while (true)
        {
            try
            {
                using var link = Connect();
                while (isReady?.Invoke(link) == false) Pause("it takes connections, but what it held before is not complete");
                StartSeconds = Clock.Seconds(Clock.Now - startedAt);
                return;
            }
            catch (PerfException e)
            {
                Pause(e.Message);
            }
        }
    }
}
