using HareMQ.Protocol;

namespace HareMQ.Broker.Queues;

/// <summary>What a queue was declared as. Compared when it is declared again.</summary>
/// <param name="Owner">The connection an exclusive queue belongs to; null for shared queues.</param>
internal sealed record QueueDeclaration(string Name, bool Durable, bool AutoDelete, object? Owner, FieldTable Arguments)
{
    /// <summary>Who has declared it; null: that is not known. Not compared: anybody may declare it again.</summary>
    public string? User { get; init; }

    public bool Exclusive => Owner is not null;
}
