using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

internal sealed record ExchangeDeclaration(string Name, string Type, bool Durable, bool AutoDelete, bool Internal, FieldTable Arguments);
