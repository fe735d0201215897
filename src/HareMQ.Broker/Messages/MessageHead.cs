namespace HareMQ.Broker.Messages;

/// <summary>Everything about a published message but its body.</summary>
internal readonly ref struct MessageHead
{
    public required ReadOnlySpan<byte> Exchange { get; init; }

    public required ReadOnlySpan<byte> RoutingKey { get; init; }

    /// <summary>Property flags and list as on the wire.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Delivery mode 2: kept over a restart when its queue is.</summary>
    public required bool Persistent { get; init; }

    public byte Priority { get; init; }

    /// <summary>A dead letter: its x-death header was written by the broker.</summary>
    public bool IsDead { get; init; }

    /// <summary>When it was published, milliseconds since the Unix epoch.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>When it expires, milliseconds since the Unix epoch; 0 = never.</summary>
    public long ExpiresAtMs { get; init; }
}
