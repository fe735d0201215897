using HareMQ.Broker.Clients;
using HareMQ.Broker.Statistics;

namespace HareMQ.Amqp.Channels;

/// <summary>What others see of the channel.</summary>
internal sealed partial class AmqpChannel
{
    /// <summary>
    /// Publishes are the read loop's, deliveries and settlements are counted under the writer's gate; no field belongs to both.
    /// </summary>
    public MessageCounts Messages { get; } = new();

    /// <summary>Any thread.</summary>
    public ChannelSnapshot Snapshot()
    {
        lock (_writer.Gate)
        {
            CountConfirms();
            return new ChannelSnapshot
            {
                Number = _number,
                IsConfirming = _confirms is not null,
                IsTransactional = _transaction is not null,
                IsClosing = IsClosing,
                Prefetch = _prefetch,
                SharedPrefetch = _sharedCredit?.Limit ?? 0,
                UnacknowledgedCount = _unsettled.Count,
                UnconfirmedCount = (long)(_confirms?.Unconfirmed ?? 0),
                UncommittedCount = _transaction?.PublishCount ?? 0,
                UncommittedAcksCount = _transaction?.SettlementCount ?? 0,
                Consumers = [.. _consumers.Values],
                Messages = Messages,
            };
        }
    }

    /// <summary>What was counted, once the channel counts no more.</summary>
    public MessageCounts TakeMessages()
    {
        lock (_writer.Gate) CountConfirms();
        return Messages;
    }

    /// <summary>The tracker counts for itself; nothing is counted twice on the way of a message.</summary>
    private void CountConfirms()
    {
        if (_confirms is not { } confirms) return;
        Messages.Confirm = (long)confirms.Acked;
        Messages.PublishConfirm = (long)confirms.Published;
    }
}
