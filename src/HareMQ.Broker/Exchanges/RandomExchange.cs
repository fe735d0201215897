namespace HareMQ.Broker.Exchanges;

/// <summary>Each message goes to one of the bindings, all equally likely.</summary>
internal sealed class RandomExchange(ExchangeDeclaration declaration) : OneWayExchange(declaration)
{
    public override RouteInputs Inputs => RouteInputs.Message;

    protected override int Choose(ReadOnlySpan<char> routingKey, int count) => Random.Shared.Next(count);
}
