using System.Text.Json;

namespace HareMQ.Broker.Policies;

/// <summary>The policies that hold for one queue or exchange: at most one user's and one operator's.</summary>
internal sealed class EffectivePolicy
{
    private readonly PolicyRule? _user;
    private readonly PolicyRule? _operator;

    private EffectivePolicy(PolicyRule? user, PolicyRule? @operator, PolicyTerms terms, IReadOnlyDictionary<string, JsonElement> definition)
    {
        _user = user;
        _operator = @operator;
        Terms = terms;
        Definition = definition;
    }

    public static EffectivePolicy None { get; } = new(null, null, PolicyTerms.None, PolicyDefinition.Empty);

    public Policy? User => _user?.Policy;

    public Policy? Operator => _operator?.Policy;

    public PolicyTerms Terms { get; }

    /// <summary>Both definitions in one.</summary>
    public IReadOnlyDictionary<string, JsonElement> Definition { get; }

    public static EffectivePolicy Of(PolicyRule? user, PolicyRule? @operator)
    {
        if ((user ?? @operator) is not { } one) return None;
        if (user is null || @operator is null) return new EffectivePolicy(user, @operator, one.Terms, one.Policy.Definition);
        var definition = PolicyDefinition.Merge(user.Policy.Definition, @operator.Policy.Definition);
        return new EffectivePolicy(user, @operator, PolicyReader.Read(PolicyKind.User, definition), definition);
    }

    /// <summary>Nothing has changed since the other was found.</summary>
    public bool IsSameAs(EffectivePolicy other) => ReferenceEquals(_user, other._user) && ReferenceEquals(_operator, other._operator);
}
