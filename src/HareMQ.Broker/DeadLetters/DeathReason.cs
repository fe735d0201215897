namespace HareMQ.Broker.DeadLetters;

/// <summary>Why a message left its queue without having been acknowledged.</summary>
internal enum DeathReason : byte
{
    Rejected,
    Expired,
    MaxLength,
    DeliveryLimit,
}

internal static class DeathReasons
{
    public const string Rejected = "rejected";

    /// <summary>As it stands in x-death.</summary>
    public static string Text(this DeathReason reason) => reason switch
    {
        DeathReason.Rejected => Rejected,
        DeathReason.Expired => "expired",
        DeathReason.MaxLength => "maxlen",
        _ => "delivery_limit",
    };
}
