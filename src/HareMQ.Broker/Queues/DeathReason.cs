namespace HareMQ.Broker.Queues;

/// <summary>Why a message left its queue without having been acknowledged.</summary>
internal enum DeathReason : byte
{
    Rejected,
    Expired,
    MaxLength,
    DeliveryLimit,
}
