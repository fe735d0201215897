using System.Globalization;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>Each message goes to one binding, the same for equal values; a binding's key is its share, relative to the others'.</summary>
/// <remarks>
/// Rendezvous hashing: for every value each binding draws a number from value and destination, and the first one gets the message. So a
/// binding that comes takes its share evenly from the others and one that goes gives it back; nothing else moves. Unlike points on a
/// ring, this keeps the shares exact and costs the same memory for any weight; a route costs some two nanoseconds per binding. A
/// destination that is bound twice draws the same number twice: its larger weight counts.
/// </remarks>
internal sealed class ConsistentHashExchange(ExchangeDeclaration declaration) : Exchange(declaration)
{
    private readonly HashedValue _value = HashedValue.From(declaration.Arguments);
    private readonly Bag<Candidate> _candidates = new();

    // Guarded by the topology's lock.
    private readonly Dictionary<Binding, Candidate> _candidateOf = [];

    public override RouteInputs Inputs => _value.Inputs;

    public override void Validate(Binding binding) => Weight(binding);

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk)
    {
        var hash = _value.Hash(routingKey, in properties);
        Candidate? first = null;
        var firstTime = double.PositiveInfinity;
        foreach (var candidate in _candidates.Items)
        {
            if (candidate is null) continue;
            // A draw between 0 and 1 becomes the time of the first event of a process whose rate is the weight. Of several such processes
            // each is first with the probability of its share of all rates. The time is never less than draw / weight (-ln(1 - x) >= x),
            // which rules most candidates out without a logarithm.
            var draw = Draw(hash ^ candidate.Seed);
            if (draw * candidate.MeanTime >= firstTime) continue;
            var time = -Math.Log(1 - draw) * candidate.MeanTime;
            if (time >= firstTime) continue;
            first = candidate;
            firstTime = time;
        }
        if (first is not null) walk.Found(first.Binding);
    }

    protected override void AddToIndex(Binding binding)
    {
        var candidate = new Candidate(binding, SeedOf(binding.Destination), Weight(binding));
        _candidateOf.Add(binding, candidate);
        _candidates.Add(candidate);
    }

    protected override void RemoveFromIndex(Binding binding)
    {
        _candidateOf.Remove(binding, out var candidate);
        _candidates.Remove(candidate!);
    }

    private static long Weight(Binding binding)
    {
        if (!long.TryParse(binding.RoutingKey, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var weight))
            throw RoutingErrors.WeightNotAnInteger(binding.RoutingKey);
        return weight > 0 ? weight : throw RoutingErrors.WeightNotPositive();
    }

    // By name, so that a queue that is declared again gets the same values again; an exchange is not the queue of the same name.
    private static ulong SeedOf(IRouteTarget destination)
    {
        var hash = StableHash.Of(destination.Name);
        return StableHash.Mix(destination is Exchange ? ~hash : hash);
    }

    // The upper 53 bits are all that a double can tell apart.
    private static double Draw(ulong hash) => ((long)(StableHash.Mix(hash) >> 11) + 0.5) * (1.0 / (1L << 53));

    private sealed class Candidate(Binding binding, ulong seed, long weight) : BagItem
    {
        public Binding Binding { get; } = binding;

        public ulong Seed { get; } = seed;

        public double MeanTime { get; } = 1.0 / weight;
    }
}
