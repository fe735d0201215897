using System.Collections.Immutable;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Policies;

/// <summary>The policies of one virtual host, at one moment. Immutable.</summary>
internal sealed class PolicyTable
{
    /// <summary>In the order in which they are asked: the highest priority first, equals by name.</summary>
    private readonly ImmutableArray<PolicyRule> _user;

    private readonly ImmutableArray<PolicyRule> _operator;

    private PolicyTable(ImmutableArray<PolicyRule> user, ImmutableArray<PolicyRule> @operator)
    {
        _user = user;
        _operator = @operator;
    }

    public static PolicyTable Empty { get; } = new([], []);

    public IReadOnlyList<Policy> List(PolicyKind kind) => [.. Rules(kind).Select(rule => rule.Policy)];

    /// <summary>Adds the rule, in place of the one of that kind and name.</summary>
    public PolicyTable With(PolicyRule rule) =>
        Change(rule.Policy.Kind, Rules(rule.Policy.Kind).RemoveAll(other => other.Policy.Name == rule.Policy.Name).Add(rule).Sort(Compare));

    /// <summary>This one, when there is no such rule.</summary>
    public PolicyTable Without(PolicyKind kind, string name)
    {
        var left = Rules(kind).RemoveAll(rule => rule.Policy.Name == name);
        return left.Length == Rules(kind).Length ? this : Change(kind, left);
    }

    public EffectivePolicy ForQueue(string name, QueueType type) =>
        EffectivePolicy.Of(FindForQueue(_user, name, type), FindForQueue(_operator, name, type));

    public EffectivePolicy ForExchange(string name)
    {
        foreach (var rule in _user)
            if (rule.IsForExchange(name)) return EffectivePolicy.Of(rule, null);
        return EffectivePolicy.None;
    }

    private static PolicyRule? FindForQueue(ImmutableArray<PolicyRule> rules, string name, QueueType type)
    {
        foreach (var rule in rules)
            if (rule.IsForQueue(name, type)) return rule;
        return null;
    }

    private static int Compare(PolicyRule a, PolicyRule b)
    {
        var byPriority = b.Policy.Priority.CompareTo(a.Policy.Priority);
        return byPriority != 0 ? byPriority : string.CompareOrdinal(a.Policy.Name, b.Policy.Name);
    }

    private ImmutableArray<PolicyRule> Rules(PolicyKind kind) => kind == PolicyKind.User ? _user : _operator;

    private PolicyTable Change(PolicyKind kind, ImmutableArray<PolicyRule> rules) =>
        kind == PolicyKind.User ? new PolicyTable(rules, _operator) : new PolicyTable(_user, rules);
}
