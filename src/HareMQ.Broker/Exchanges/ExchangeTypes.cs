using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using HareMQ.Broker.Deduplication;

namespace HareMQ.Broker.Exchanges;

internal delegate Exchange ExchangeFactory(ExchangeDeclaration declaration);

/// <summary>The exchange types a virtual host knows, by name. Immutable; <see cref="With"/> is where further types attach.</summary>
internal sealed class ExchangeTypes
{
    public const string Direct = "direct";
    public const string Fanout = "fanout";
    public const string Topic = "topic";
    public const string Headers = "headers";
    public const string ConsistentHash = "x-consistent-hash";
    public const string ModulusHash = "x-modulus-hash";
    public const string Random = "x-random";

    /// <summary>As <see cref="Random"/>: every queue of a server is local to it.</summary>
    public const string LocalRandom = "x-local-random";

    private readonly ImmutableSortedDictionary<string, ExchangeFactory> _factories;

    private ExchangeTypes(ImmutableSortedDictionary<string, ExchangeFactory> factories) => _factories = factories;

    public static ExchangeTypes BuiltIn { get; } =
        new ExchangeTypes(ImmutableSortedDictionary.Create<string, ExchangeFactory>(StringComparer.Ordinal))
            .With(Direct, static declaration => new DirectExchange(declaration))
            .With(Fanout, static declaration => new FanoutExchange(declaration))
            .With(Topic, static declaration => new TopicExchange(declaration))
            .With(Headers, static declaration => new HeadersExchange(declaration))
            .With(ConsistentHash, static declaration => new ConsistentHashExchange(declaration))
            .With(ModulusHash, static declaration => new ModulusHashExchange(declaration))
            .With(Random, static declaration => new RandomExchange(declaration))
            .With(LocalRandom, static declaration => new RandomExchange(declaration))
            .With(DeduplicationArguments.Enabled, static declaration => new DeduplicatingExchange(declaration));

    public IEnumerable<string> Names => _factories.Keys;

    public ExchangeTypes With(string name, ExchangeFactory factory) => new(_factories.SetItem(name, factory));

    public bool TryGetFactory(string name, [NotNullWhen(true)] out ExchangeFactory? factory) => _factories.TryGetValue(name, out factory);
}
