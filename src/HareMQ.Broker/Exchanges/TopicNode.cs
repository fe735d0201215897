namespace HareMQ.Broker.Exchanges;

/// <summary>A place in the trie: the beginning of one or more patterns. Written under the topology's lock, read without.</summary>
internal sealed class TopicNode(TopicNode? parent, string word, int id)
{
    private volatile TopicNode? _anyWord;
    private volatile TopicNode? _anyWords;
    private volatile Bag<Binding>? _bindings;
    private volatile int _wordCount;

    public TopicNode? Parent => parent;

    /// <summary>The pattern's word that leads here from <see cref="Parent"/>.</summary>
    public string Word => word;

    /// <summary>Tells the nodes of a trie apart, for hashing.</summary>
    public int Id => id;

    /// <summary>After <c>*</c>.</summary>
    public TopicNode? AnyWord { get => _anyWord; set => _anyWord = value; }

    /// <summary>After <c>#</c>.</summary>
    public TopicNode? AnyWords { get => _anyWords; set => _anyWords = value; }

    /// <summary>Children for literal words. They are found in the trie's table of edges.</summary>
    public int WordCount { get => _wordCount; set => _wordCount = value; }

    public bool HasChildren => _wordCount > 0 || _anyWord is not null || _anyWords is not null;

    /// <summary>Of the patterns that end here.</summary>
    public Bag<Binding>? Bindings { get => _bindings; set => _bindings = value; }
}
