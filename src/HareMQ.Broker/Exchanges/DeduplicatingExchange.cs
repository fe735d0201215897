using HareMQ.Broker.Deduplication;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>The type of RabbitMQ's plugin: routes as a fanout what is no duplicate.</summary>
internal sealed class DeduplicatingExchange : Exchange
{
    private readonly Bag<Binding> _bindings = new();

    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: it does not say how many keys it remembers.</exception>
    public DeduplicatingExchange(ExchangeDeclaration declaration)
        : base(declaration)
    {
        if (!declaration.Arguments.TryGet(DeduplicationArguments.CacheSize, out _)) throw DeduplicationErrors.SizeMissing();
    }

    public override RouteInputs Inputs => RouteInputs.None;

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk) => walk.Found(_bindings.Items);

    protected override void AddToIndex(Binding binding) => _bindings.Add(binding);

    protected override void RemoveFromIndex(Binding binding) => _bindings.Remove(binding);
}
