namespace HareMQ.Broker.Exchanges;

/// <summary>The routing key's hash, modulo the number of bindings, is the index of the one that gets the message.</summary>
/// <remarks>A binding that comes or goes moves most keys; <see cref="ConsistentHashExchange"/> moves only those it must.</remarks>
internal sealed class ModulusHashExchange(ExchangeDeclaration declaration) : OneWayExchange(declaration)
{
    public override RouteInputs Inputs => RouteInputs.PublishedKey;

    protected override int Choose(ReadOnlySpan<char> routingKey, int count) =>
        (int)(StableHash.Mix(StableHash.Of(routingKey)) % (uint)count);
}
