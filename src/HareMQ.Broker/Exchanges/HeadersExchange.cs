using System.Collections.Concurrent;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>A binding matches by the headers it names, not by its key.</summary>
/// <remarks>
/// Bindings are filed under the hash of a condition: one that any of its conditions satisfies under each of them, one that needs all
/// under that one with the fewest neighbours. A message looks up its own headers and checks what it finds there, so a collision costs a
/// comparison.
/// </remarks>
internal sealed class HeadersExchange(ExchangeDeclaration declaration) : Exchange(declaration)
{
    // One lock: the topology lets only one thread write.
    private readonly ConcurrentDictionary<int, Bag<Filed>> _filed = new(concurrencyLevel: 1, capacity: 7);
    private readonly Bag<Filed> _unconditional = new();

    // Guarded by the topology's lock.
    private readonly Dictionary<Binding, Filed[]> _filedOf = [];

    public override RouteInputs Inputs => RouteInputs.Message;

    public override void Validate(Binding binding) => HeadersMatch.From(binding.Arguments);

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk)
    {
        foreach (var filed in _unconditional.Items)
        {
            if (filed is not null) walk.Found(filed.Binding);
        }
        var headers = properties.Headers;
        var reader = new FieldTableReader(headers);
        while (reader.MoveNext())
        {
            var nameHash = HashOfName(reader.Name);
            MatchFiled(nameHash, headers, walk);
            MatchFiled(HashCode.Combine(nameHash, HeaderValue.Hash(reader.Type, reader.ValueBytes)), headers, walk);
        }
    }

    protected override void AddToIndex(Binding binding)
    {
        var match = HeadersMatch.From(binding.Arguments);
        var filed = match switch
        {
            { Any: true } => FileUnderEach(binding, match),
            { Conditions.Length: 0 } => [FileUnconditionally(binding, match)],
            _ => [FileUnder(RarestHash(match), binding, match)],
        };
        _filedOf.Add(binding, filed);
    }

    protected override void RemoveFromIndex(Binding binding)
    {
        _filedOf.Remove(binding, out var filed);
        foreach (var each in filed!)
        {
            if (each.Hash is not { } hash)
            {
                _unconditional.Remove(each);
                continue;
            }
            var bag = _filed[hash];
            bag.Remove(each);
            if (bag.Count == 0) _filed.TryRemove(hash, out _);
        }
    }

    private static int HashOfName(ReadOnlySpan<byte> name)
    {
        var hash = new HashCode();
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    private static int HashOf(in HeaderCondition condition)
    {
        var nameHash = HashOfName(condition.Name.Span);
        return condition.AsksForPresence ? nameHash : HashCode.Combine(nameHash, HeaderValue.Hash(condition.Value));
    }

    private void MatchFiled(int hash, ReadOnlySpan<byte> headers, RouteWalk walk)
    {
        if (!_filed.TryGetValue(hash, out var bag)) return;
        foreach (var filed in bag.Items)
        {
            if (filed is not null && filed.Match.Matches(headers)) walk.Found(filed.Binding);
        }
    }

    private Filed[] FileUnderEach(Binding binding, HeadersMatch match)
    {
        var filed = new Filed[match.Conditions.Length];
        for (var i = 0; i < filed.Length; i++) filed[i] = FileUnder(HashOf(in match.Conditions[i]), binding, match);
        return filed;
    }

    private int RarestHash(HeadersMatch match)
    {
        var (rarest, fewest) = (0, int.MaxValue);
        foreach (ref readonly var condition in match.Conditions)
        {
            var hash = HashOf(in condition);
            var neighbours = _filed.TryGetValue(hash, out var bag) ? bag.Count : 0;
            if (neighbours < fewest) (rarest, fewest) = (hash, neighbours);
        }
        return rarest;
    }

    private Filed FileUnconditionally(Binding binding, HeadersMatch match)
    {
        var filed = new Filed(binding, match, null);
        _unconditional.Add(filed);
        return filed;
    }

    private Filed FileUnder(int hash, Binding binding, HeadersMatch match)
    {
        var filed = new Filed(binding, match, hash);
        if (_filed.TryGetValue(hash, out var bag))
        {
            bag.Add(filed);
            return filed;
        }
        bag = new Bag<Filed>();
        bag.Add(filed);
        _filed[hash] = bag;
        return filed;
    }

    private sealed class Filed(Binding binding, HeadersMatch match, int? hash) : BagItem
    {
        public Binding Binding => binding;

        public HeadersMatch Match => match;

        /// <summary>Where it is filed; null among the unconditional.</summary>
        public int? Hash => hash;
    }
}
