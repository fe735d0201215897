using System.Collections.Concurrent;
using HareMQ.Crash.Messages;

namespace HareMQ.Crash.Ledgers;

/// <summary>What the clients know: it survives, only the broker dies. Thread-safe.</summary>
internal sealed class Ledger
{
    private const int BreachesShownMax = 20;

    /// <summary>
    /// The broker writes acks down when a queue's turn ends, which may be a moment after the answer to what the client asked
    /// behind the ack.
    /// </summary>
    private static readonly TimeSpan s_settlingTime = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<int, PublisherLedger> _publishers = new();
    private readonly ConcurrentDictionary<string, QueueLedger> _queues = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _breaches = new();
    private int _nextPublisher;

    /// <summary>Lives of the broker so far, this one included.</summary>
    public int Generation { get; private set; }

    public IEnumerable<PublisherLedger> Publishers => _publishers.Values;

    public IEnumerable<QueueLedger> Queues => _queues.Values;

    public QueueLedger AddQueue(string name) => _queues[name] = new QueueLedger(this, name);

    public PublisherLedger AddPublisher(params QueueLedger[] targets)
    {
        var publisher = new PublisherLedger(this, Interlocked.Increment(ref _nextPublisher), targets);
        return _publishers[publisher.Id] = publisher;
    }

    public PublisherLedger? Find(MessageId id) => _publishers.GetValueOrDefault(id.Publisher);

    /// <summary>The broker is about to start (again).</summary>
    public void BeginGeneration() => Generation++;

    /// <summary>The broker was killed at that time.</summary>
    public void EndGeneration(long killedAt) => EndGeneration(killedAt, s_settlingTime);

    /// <param name="killedAt">A timestamp of the stopwatch.</param>
    /// <param name="settlingTime">Acks that were answered so long before the kill count for good.</param>
    public void EndGeneration(long killedAt, TimeSpan settlingTime)
    {
        foreach (var queue in Queues) queue.EndGeneration(killedAt, settlingTime);
    }

    /// <summary>Notes a promise that was broken.</summary>
    public void Report(string breach) => _breaches.Enqueue($"life {Generation}: {breach}");

    /// <summary>To be called when every queue is drained.</summary>
    public void CheckAll()
    {
        foreach (var publisher in Publishers) publisher.CheckNothingIsMissing();
        Throw();
    }

    public void Throw()
    {
        if (_breaches.IsEmpty) return;
        var more = _breaches.Count > BreachesShownMax ? $"\n... and {_breaches.Count - BreachesShownMax} more" : "";
        throw new BrokenPromiseException(string.Join('\n', _breaches.Take(BreachesShownMax)) + more);
    }
}
