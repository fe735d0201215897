using System.Globalization;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>Each message goes to one binding, the same for equal values; a binding's key is its share, relative to the others'.</summary>
/// <remarks>
/// Rendezvous hashing: for every value each binding draws a number from value and destination, and the best one gets the message. So a
/// binding that comes takes its share evenly from the others and one that goes gives it back; nothing else moves. Unlike points on a
/// ring, this keeps the shares exact and costs the same memory for any weight; a route costs about a nanosecond per binding. A destination
/// that is bound twice draws the same number twice: its larger weight counts.
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
        Candidate? best = null;
        var bestDraw = 0UL;
        foreach (var candidate in _candidates.Items)
        {
            if (candidate is null) continue;
            var draw = StableHash.Mix(hash ^ candidate.Seed);
            if (best is not null && !IsBetter(draw, candidate.Weight, bestDraw, best.Weight)) continue;
            best = candidate;
            bestDraw = draw;
        }
        if (best is not null) walk.Found(best.Binding);
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

    private static bool IsBetter(ulong draw, long weight, ulong otherDraw, long otherWeight)
    {
        // Most pairs need no logarithm.
        if (weight == otherWeight) return draw > otherDraw;
        if (draw <= otherDraw && weight < otherWeight) return false;
        if (draw >= otherDraw && weight > otherWeight) return true;
        return Time(draw, weight) < Time(otherDraw, otherWeight);
    }

    // A draw, as a number between 0 and 1, becomes the time of the first event of a process whose rate is the weight. Of several such
    // processes each is the first with the probability of its share of all rates.
    private static double Time(ulong draw, long weight) => -Math.Log(((draw >> 11) + 0.5) / (1L << 53)) / weight;

    private sealed class Candidate(Binding binding, ulong seed, long weight) : BagItem
    {
        public Binding Binding { get; } = binding;

        public ulong Seed { get; } = seed;

        public long Weight { get; } = weight;
    }
}
