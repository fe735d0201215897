using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HareMQ.Broker.Exchanges;

/// <summary>The patterns of a topic exchange, word by word, so that a message meets only those it may match.</summary>
/// <remarks>
/// All literal edges are in one table: a node costs little, and a node with 100,000 children is as quick as one with three.
/// </remarks>
internal sealed class TopicTrie
{
    private const string AnyWord = "*";
    private const string AnyWords = "#";

    // One lock: the topology lets only one thread write.
    private readonly ConcurrentDictionary<TopicEdge, TopicNode> _edges = new(concurrencyLevel: 1, capacity: 7, new TopicEdgeComparer());
    private readonly ConcurrentDictionary<TopicEdge, TopicNode>.AlternateLookup<TopicStep> _steps;
    private int _lastId;

    public TopicTrie() => _steps = _edges.GetAlternateLookup<TopicStep>();

    /// <summary>Where all patterns begin; the pattern of no words ends here too.</summary>
    public TopicNode Root { get; } = new(null, "", 0);

    internal int EdgeCount => _edges.Count;

    public bool TryStep(TopicStep step, [NotNullWhen(true)] out TopicNode? child) => _steps.TryGetValue(step, out child);

    public void Add(Binding binding)
    {
        var node = Root;
        if (binding.RoutingKey.Length > 0)
        {
            foreach (var range in binding.RoutingKey.AsSpan().Split('.')) node = GetOrAddChild(node, binding.RoutingKey[range]);
        }
        if (node.Bindings is { } bindings)
        {
            bindings.Add(binding);
            return;
        }
        bindings = new Bag<Binding>();
        bindings.Add(binding);
        node.Bindings = bindings;
    }

    public void Remove(Binding binding)
    {
        var node = Root;
        if (binding.RoutingKey.Length > 0)
        {
            foreach (var range in binding.RoutingKey.AsSpan().Split('.')) node = Child(node, binding.RoutingKey[range])!;
        }
        node.Bindings!.Remove(binding);
        if (node.Bindings.Count == 0) node.Bindings = null;
        while (node is { Parent: { } parent, Bindings: null, HasChildren: false })
        {
            RemoveChild(parent, node);
            node = parent;
        }
    }

    private TopicNode? Child(TopicNode parent, string word) => word switch
    {
        AnyWord => parent.AnyWord,
        AnyWords => parent.AnyWords,
        _ => _edges.GetValueOrDefault(new TopicEdge(parent, word)),
    };

    private TopicNode GetOrAddChild(TopicNode parent, string word)
    {
        if (Child(parent, word) is { } known) return known;
        var child = new TopicNode(parent, word, ++_lastId);
        switch (word)
        {
            case AnyWord: parent.AnyWord = child; break;
            case AnyWords: parent.AnyWords = child; break;
            default:
                _edges[new TopicEdge(parent, word)] = child;
                parent.WordCount++;
                break;
        }
        return child;
    }

    private void RemoveChild(TopicNode parent, TopicNode child)
    {
        switch (child.Word)
        {
            case AnyWord: parent.AnyWord = null; break;
            case AnyWords: parent.AnyWords = null; break;
            default:
                _edges.TryRemove(new TopicEdge(parent, child.Word), out _);
                parent.WordCount--;
                break;
        }
    }
}
