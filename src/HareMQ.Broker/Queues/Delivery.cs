using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>A message that left its queue towards a client and is not settled yet. Kept by the channel it was delivered on.</summary>
internal struct Delivery
{
    public MessageQueue Queue;

    /// <summary>Null for basic.get.</summary>
    public Consumer? Consumer;
    public LogPosition Position;
    public int RecordBytes;
    public int BodyBytes;

    /// <summary>How often the message has been delivered, this time included.</summary>
    public int DeliveryCount;

    /// <summary>On the coarse clock of whoever keeps the delivery; set by it.</summary>
    public uint DeliveredAt;

    /// <summary>The priority of the <see cref="MessageLane"/> it came from.</summary>
    public byte Lane;

    /// <summary>The delivery holds a unit of its channel's <see cref="Queues.SharedCredit"/>.</summary>
    public bool HoldsSharedCredit;
}

/// <summary>A message at the front of a queue again, waiting for its next delivery.</summary>
internal readonly record struct RequeuedMessage(LogPosition Position, int RecordBytes, int BodyBytes, int DeliveryCount);

/// <summary>How a delivery ends.</summary>
internal enum Settlement : byte
{
    /// <summary>Done: the message is forgotten.</summary>
    Acknowledge,

    /// <summary>Back to its original position.</summary>
    Requeue,

    /// <summary>Refused for good: dropped (or dead-lettered where the queue says so).</summary>
    Discard,
}

/// <summary>What became of an attempt to hand a message to a channel.</summary>
internal enum DeliverResult : byte
{
    /// <summary>Taken; the channel takes more.</summary>
    Taken,

    /// <summary>Not taken: the connection's outbound buffer is full. It will post <see cref="QueueCommandKind.ConsumerReady"/>.</summary>
    Full,

    /// <summary>Not taken: the channel is closing. The message stays in the queue.</summary>
    Closed,
}
