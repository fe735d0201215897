using HareMQ.Protocol;

namespace HareMQ.Broker.Queues;

/// <summary>One basic.consume. Immutable but for the fields that its queue's turns own.</summary>
internal sealed class Consumer(
    IDeliveryChannel channel, string tag, bool autoAck, bool exclusive, int prefetch, int priority, FieldTable arguments)
{
    public IDeliveryChannel Channel { get; } = channel;

    public string Tag { get; } = tag;

    /// <summary>The consumer tag as it goes on the wire.</summary>
    public byte[] TagUtf8 { get; } = System.Text.Encoding.UTF8.GetBytes(tag);

    public bool AutoAck { get; } = autoAck;

    public bool Exclusive { get; } = exclusive;

    /// <summary>Most unacknowledged deliveries; 0 = unlimited. Means nothing with <see cref="AutoAck"/>.</summary>
    public int Prefetch { get; } = prefetch;

    /// <summary>Higher is served first (argument x-priority).</summary>
    public int Priority { get; } = priority;

    public FieldTable Arguments { get; } = arguments;

    /// <summary>Set once when the consumer is attached, before its first delivery.</summary>
    public MessageQueue? Queue { get; set; }

    // Owned by the queue's turns.

    /// <summary>Deliveries that are not settled yet.</summary>
    public int Unsettled;

    /// <summary>The connection's outbound buffer is full.</summary>
    public bool Blocked;

    public bool Attached;

    // Written by the queue's turns, read by the channel when shared credit comes back.
    private int _waitsForSharedCredit;

    public bool HasOwnCredit => !Blocked && (AutoAck || Prefetch == 0 || Unsettled < Prefetch);

    public bool WaitsForSharedCredit => Volatile.Read(ref _waitsForSharedCredit) != 0;

    /// <summary>Takes what one delivery needs from the channel's shared limit, if there is one.</summary>
    /// <param name="taken">Whether credit was taken, and so is to be returned when the delivery is settled.</param>
    /// <returns>False when the limit is reached.</returns>
    public bool TryTakeSharedCredit(out bool taken)
    {
        taken = false;
        if (AutoAck || Channel.SharedCredit is not { } shared) return true;
        taken = shared.TryTake();
        if (!taken)
        {
            // Say that we wait, then look again: credit returned in between would otherwise wake nobody.
            Interlocked.Exchange(ref _waitsForSharedCredit, 1);
            taken = shared.TryTake();
        }

        if (taken && _waitsForSharedCredit != 0) Volatile.Write(ref _waitsForSharedCredit, 0);
        return taken;
    }
}
