using HareMQ.Perf;

namespace HareMQ.Comparison.Brokers;

/// <summary>One side of the comparison: a broker that can be started on a directory of its own.</summary>
internal abstract class BrokerSource(string label)
{
    public string Label { get; } = label;

    /// <summary>False for a broker that somebody else runs: it cannot be started afresh, nor killed.</summary>
    public virtual bool IsOurs => true;

    /// <summary>Product and version, or where it listens.</summary>
    public abstract string Description { get; }

    /// <summary>Starts it and waits until it takes AMQP connections.</summary>
    /// <param name="directory">Empty, or what an earlier start has left there.</param>
    /// <param name="isReady">Asked again and again over a fresh connection; it may throw what <see cref="AmqpLink"/> throws. Null: logging in will do.</param>
    public abstract RunningBroker Start(string directory, Func<AmqpLink, bool>? isReady = null);
}
