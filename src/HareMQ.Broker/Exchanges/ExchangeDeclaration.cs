using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

internal sealed record ExchangeDeclaration(string Name, string Type, bool Durable, bool AutoDelete, bool Internal, FieldTable Arguments)
{
    /// <summary>Where the exchange keeps messages in the store, if it is of a type that does; 0 = it has not kept any yet.</summary>
    public ulong LogId { get; init; }
}
