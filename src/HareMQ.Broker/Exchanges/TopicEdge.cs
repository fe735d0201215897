namespace HareMQ.Broker.Exchanges;

/// <summary>The way from a node over a literal word.</summary>
internal readonly record struct TopicEdge(TopicNode Parent, string Word);

/// <summary>The same, looked for with a word of a routing key. The word's hash is computed once and used at every node.</summary>
internal readonly ref struct TopicStep(TopicNode parent, ReadOnlySpan<char> word, int wordHash)
{
    public TopicNode Parent { get; } = parent;

    public ReadOnlySpan<char> Word { get; } = word;

    public int WordHash { get; } = wordHash;
}

internal sealed class TopicEdgeComparer : IEqualityComparer<TopicEdge>, IAlternateEqualityComparer<TopicStep, TopicEdge>
{
    public bool Equals(TopicEdge x, TopicEdge y) => ReferenceEquals(x.Parent, y.Parent) && x.Word == y.Word;

    public int GetHashCode(TopicEdge edge) => Combine(edge.Parent, HashOf(edge.Word));

    public bool Equals(TopicStep step, TopicEdge edge) => ReferenceEquals(step.Parent, edge.Parent) && step.Word.SequenceEqual(edge.Word);

    public int GetHashCode(TopicStep step) => Combine(step.Parent, step.WordHash);

    public TopicEdge Create(TopicStep step) => new(step.Parent, step.Word.ToString());

    /// <summary>Seeded anew in each process: clients choose the words, and must not be able to choose collisions.</summary>
    public static int HashOf(ReadOnlySpan<char> word) => string.GetHashCode(word);

    private static int Combine(TopicNode parent, int wordHash) => wordHash ^ (parent.Id * -1640531527);
}
