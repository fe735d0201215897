namespace HareMQ.Simulation.Model;

internal enum Outcome
{
    /// <summary>Nobody has said what became of it.</summary>
    Open,

    /// <summary>Part of a transaction that is not committed.</summary>
    Uncommitted,

    /// <summary>The broker is responsible.</summary>
    Confirmed,

    Refused,

    /// <summary>Its transaction was rolled back.</summary>
    RolledBack,
}

/// <summary>One publish.</summary>
internal sealed class Message
{
    public required int Id { get; init; }

    /// <summary>The publishing channel.</summary>
    public required int Publisher { get; init; }

    public required bool Persistent { get; init; }

    public required byte Priority { get; init; }

    /// <summary>Held back first, so that it does not come in the order of publishes.</summary>
    public required bool IsDelayed { get; init; }

    /// <summary>It may be dropped when its time is over.</summary>
    public required bool Expires { get; init; }

    /// <summary>By which its queue or exchange knows duplicates; null: none.</summary>
    public string? Key { get; init; }

    public required IReadOnlyList<QueueModel> Queues { get; init; }

    public required int BodyBytes { get; init; }

    /// <summary>The broker's life it was published in.</summary>
    public required int Life { get; init; }

    public required long PublishedAt { get; init; }

    public Outcome Outcome { get; set; } = Outcome.Open;

    public byte[] Body()
    {
        var body = new byte[BodyBytes];
        for (var i = 0; i < body.Length; i++) body[i] = (byte)(Id * 31 + i * 7);
        BitConverter.TryWriteBytes(body, Id);
        return body;
    }

    public override string ToString() =>
        $"message {Id} of channel {Publisher} ({BodyBytes} bytes{(Persistent ? "" : ", transient")}{(Expires ? ", expiring" : "")}{(IsDelayed ? ", delayed" : "")}{(Key is null ? "" : $", key {Key}")})";
}

/// <summary>A message in one queue.</summary>
internal sealed class Copy(Message message, QueueModel queue, QueueModel root)
{
    public Message Message => message;

    public QueueModel Queue => queue;

    /// <summary>The queue that it was published to, from which it came here.</summary>
    public QueueModel Root => root;

    /// <summary>Deliveries that are out at the moment.</summary>
    public int Outstanding { get; set; }

    /// <summary>Deliveries that were settled for good and cannot have been forgotten.</summary>
    public int Settled { get; set; }

    /// <summary>Some client has seen it come from this queue.</summary>
    public bool WasSeen { get; set; }

    /// <summary>Since when it is lost on purpose: whoever asks for messages later must not get it. Null: it is not.</summary>
    public long? GoneAt { get; private set; }

    /// <summary>Why.</summary>
    public Loss Loss { get; private set; }

    /// <summary>The flag may have been lost since.</summary>
    public bool FlagIsUnsure { get; set; }

    public void Lose(Loss loss, long at) => (Loss, GoneAt) = (loss, at);

    /// <summary>The broker may have forgotten that it is gone.</summary>
    public void Regain() => (Loss, GoneAt) = (Loss.None, null);

    public override string ToString() => $"{message} in {queue.Name}";
}

/// <summary>How a queue lost what it held.</summary>
internal enum Loss
{
    None,

    /// <summary>Deleted by a client: for good, once that is answered.</summary>
    Deleted,

    /// <summary>A purge is a lot of acknowledgements. A power cut may leave nothing of them.</summary>
    Purged,

    /// <summary>The queue expired. Nobody asked for that, so nobody has an answer that would have to hold.</summary>
    Expired,
}
