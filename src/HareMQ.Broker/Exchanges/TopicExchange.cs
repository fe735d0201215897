using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>A binding's key is a pattern of words between dots: <c>*</c> stands for one word, <c>#</c> for any number of words.</summary>
internal sealed class TopicExchange(ExchangeDeclaration declaration) : Exchange(declaration)
{
    private readonly TopicTrie _trie = new();

    public override RouteInputs Inputs => RouteInputs.RoutingKey;

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk) =>
        walk.Topic.Match(_trie, routingKey, walk);

    protected override void AddToIndex(Binding binding) => _trie.Add(binding);

    protected override void RemoveFromIndex(Binding binding) => _trie.Remove(binding);
}
