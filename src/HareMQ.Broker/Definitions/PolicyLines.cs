using HareMQ.Broker.Policies;

namespace HareMQ.Broker.Definitions;

/// <summary>The lines that policies are in the definitions log: one kind for users' policies, one for operators'.</summary>
internal static class PolicyLines
{
    public static Definition Put(Policy policy) => policy.Kind == PolicyKind.User
        ? new PolicyPut(
            policy.VirtualHost, policy.Name, policy.Pattern, policy.ApplyTo.Name(), policy.Priority, new(policy.Definition))
        : new OperatorPolicyPut(
            policy.VirtualHost, policy.Name, policy.Pattern, policy.ApplyTo.Name(), policy.Priority, new(policy.Definition));

    public static Definition Gone(PolicyKind kind, string virtualHost, string name) =>
        kind == PolicyKind.User ? new PolicyGone(virtualHost, name) : new OperatorPolicyGone(virtualHost, name);

    /// <exception cref="InvalidDefinitionException">A target that this version does not know.</exception>
    public static Policy Read(Definition line) => line switch
    {
        PolicyPut put => new Policy(
            PolicyKind.User, put.VirtualHost, put.Name, put.Pattern, PolicyTargets.Parse(put.ApplyTo), put.Priority, put.Definition),
        OperatorPolicyPut put => new Policy(
            PolicyKind.Operator, put.VirtualHost, put.Name, put.Pattern, PolicyTargets.Parse(put.ApplyTo), put.Priority, put.Definition),
        _ => throw new ArgumentOutOfRangeException(nameof(line), line, null),
    };

    public static (PolicyKind Kind, string VirtualHost, string Name) Id(Definition line) => line switch
    {
        PolicyPut put => (PolicyKind.User, put.VirtualHost, put.Name),
        PolicyGone gone => (PolicyKind.User, gone.VirtualHost, gone.Name),
        OperatorPolicyPut put => (PolicyKind.Operator, put.VirtualHost, put.Name),
        OperatorPolicyGone gone => (PolicyKind.Operator, gone.VirtualHost, gone.Name),
        _ => throw new ArgumentOutOfRangeException(nameof(line), line, null),
    };
}
