using HareMQ.Broker;
using HareMQ.Broker.Clients;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Statistics;

namespace HareMQ.Management.Metrics;

/// <summary>
/// Everything that was counted since the broker started, by what is there and by what is gone. What goes while this is added up may be
/// missed or met twice; a counter that has been shown never falls, because whoever reads it would take that for a restart. Thread-safe.
/// </summary>
internal sealed class BrokerTotals(BrokerCore core)
{
    public static readonly QueueType[] QueueTypes = [QueueType.Classic, QueueType.Quorum];

    private readonly Lock _adding = new();
    private readonly MessageCounts _channels = new();
    private readonly QueueTotals[] _queues = [.. QueueTypes.Select(_ => new QueueTotals())];

    public BrokerCounts Add(IEnumerable<ConnectionSnapshot> connections, IReadOnlyList<MessageQueue> queues)
    {
        lock (_adding)
        {
            var channels = new MessageCounts();
            foreach (var connection in connections)
                foreach (var channel in connection.Channels) channels.Add(channel.Messages);
            core.PastMessages.AddTo(channels);
            _channels.RaiseTo(channels);

            QueueTotals[] sums = [.. QueueTypes.Select(_ => new QueueTotals())];
            for (var i = 0; i < queues.Count; i++) sums[(int)queues[i].Settings.Type].Add(queues[i]);
            for (var i = 0; i < sums.Length; i++)
            {
                core.PastQueues.AddTo(QueueTypes[i], sums[i]);
                _queues[i].Messages.RaiseTo(sums[i].Messages);
                _queues[i].Deaths.RaiseTo(sums[i].Deaths);
            }

            return new BrokerCounts(Copy(_channels), [.. _queues.Select(Copy)]);
        }
    }

    private static MessageCounts Copy(MessageCounts counts)
    {
        var copy = new MessageCounts();
        copy.Add(counts);
        return copy;
    }

    private static QueueTotals Copy(QueueTotals totals)
    {
        var copy = new QueueTotals();
        copy.Add(totals);
        return copy;
    }
}

/// <param name="Channels">What channels have counted.</param>
/// <param name="Queues">What queues have counted, in the order of <see cref="BrokerTotals.QueueTypes"/>.</param>
internal sealed record BrokerCounts(MessageCounts Channels, QueueTotals[] Queues)
{
    public MessageCounts AllQueues()
    {
        var all = new MessageCounts();
        foreach (var queues in Queues) all.Add(queues.Messages);
        return all;
    }
}
