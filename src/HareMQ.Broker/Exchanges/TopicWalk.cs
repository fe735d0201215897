namespace HareMQ.Broker.Exchanges;

/// <summary>Follows a routing key through a trie, along all patterns at once: a set of nodes moves on word by word.</summary>
/// <remarks>
/// A node after <c>#</c> swallows any further word, so once reached it stays in the set. A node is in the set once (each has one parent,
/// and <see cref="_anyWords"/> is distinct), so a key of W words costs at most W steps per node, whatever the number of <c>#</c>.
/// </remarks>
internal sealed class TopicWalk
{
    private const int NodesKeptMax = 4096;

    private readonly DistinctList<TopicNode> _anyWords = new();
    private TopicNode[] _nodes = new TopicNode[16];
    private TopicNode[] _nextNodes = new TopicNode[16];
    private int _nodeCount;
    private int _nextCount;
    private int _nodeCountMax;

    /// <summary>Steps taken since the thread began: the work done, for those who test that there is little of it.</summary>
    internal long Steps { get; private set; }

    public void Match(TopicTrie trie, ReadOnlySpan<char> routingKey, RouteWalk walk)
    {
        Enter(trie.Root, walk);
        Advance();
        if (!routingKey.IsEmpty)
        {
            foreach (var range in routingKey.Split('.'))
            {
                Step(trie, routingKey[range], walk);
                if (_nodeCount == 0 && _anyWords.Count == 0) break;
            }
        }
        foreach (var node in _nodes.AsSpan(0, _nodeCount))
        {
            if (node.Bindings is { } bindings) walk.Found(bindings.Items);
        }
        Clear();
    }

    private void Step(TopicTrie trie, ReadOnlySpan<char> word, RouteWalk walk)
    {
        var wordHash = TopicEdgeComparer.HashOf(word);
        // Those that this very word leads to must not swallow it again.
        var anyWordsBefore = _anyWords.Count;
        for (var i = 0; i < _nodeCount; i++) Follow(trie, _nodes[i], word, wordHash, walk);
        for (var i = 0; i < anyWordsBefore; i++) Follow(trie, _anyWords[i], word, wordHash, walk);
        Advance();
    }

    private void Follow(TopicTrie trie, TopicNode node, ReadOnlySpan<char> word, int wordHash, RouteWalk walk)
    {
        Steps++;
        if (node.WordCount > 0 && trie.TryStep(new TopicStep(node, word, wordHash), out var child)) Enter(child, walk);
        if (node.AnyWord is { } anyWord) Enter(anyWord, walk);
    }

    private void Enter(TopicNode node, RouteWalk walk)
    {
        if (_nextCount == _nextNodes.Length) Array.Resize(ref _nextNodes, _nextCount * 2);
        _nextNodes[_nextCount++] = node;
        // '#' may stand for no word at all, so its node is reached together with its parent; and whatever follows, its patterns match.
        for (var anyWords = node.AnyWords; anyWords is not null && _anyWords.Add(anyWords); anyWords = anyWords.AnyWords)
        {
            if (anyWords.Bindings is { } bindings) walk.Found(bindings.Items);
        }
    }

    private void Advance()
    {
        (_nodes, _nextNodes) = (_nextNodes, _nodes);
        _nodeCount = _nextCount;
        _nodeCountMax = Math.Max(_nodeCountMax, _nodeCount);
        _nextCount = 0;
    }

    private void Clear()
    {
        _anyWords.Clear();
        _nodeCount = 0;
        if (_nodeCountMax > NodesKeptMax)
        {
            _nodes = new TopicNode[16];
            _nextNodes = new TopicNode[16];
        }
        else
        {
            // A thread that routes nothing for a while must not hold on to exchanges that are gone.
            Array.Clear(_nodes, 0, Math.Min(_nodeCountMax, _nodes.Length));
            Array.Clear(_nextNodes, 0, Math.Min(_nodeCountMax, _nextNodes.Length));
        }
        _nodeCountMax = 0;
    }
}
