using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Statistics;

/// <summary>What queues that are gone have counted, by type, so that the broker's totals never fall. Any thread.</summary>
internal sealed class PastQueues
{
    private readonly Lock _adding = new();
    private readonly Dictionary<QueueType, QueueTotals> _totals = [];

    public void Add(MessageQueue queue)
    {
        lock (_adding)
        {
            var type = queue.Settings.Type;
            if (!_totals.TryGetValue(type, out var totals)) _totals[type] = totals = new QueueTotals();
            totals.Add(queue);
        }
    }

    public void AddTo(QueueType type, QueueTotals sum)
    {
        lock (_adding)
        {
            if (_totals.TryGetValue(type, out var totals)) sum.Add(totals);
        }
    }
}

/// <summary>What several queues have counted together. Not thread-safe.</summary>
internal sealed class QueueTotals
{
    public MessageCounts Messages { get; } = new();

    public DeathCounts Deaths { get; } = new();

    public void Add(MessageQueue queue)
    {
        Messages.Add(queue.Messages);
        if (queue.Deaths is { } deaths) Deaths.Add(deaths);
    }

    public void Add(QueueTotals other)
    {
        Messages.Add(other.Messages);
        Deaths.Add(other.Deaths);
    }
}
