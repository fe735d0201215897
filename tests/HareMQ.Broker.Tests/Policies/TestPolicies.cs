using HareMQ.Broker.Policies;

namespace HareMQ.Broker.Tests.Policies;

internal static class TestPolicies
{
    public static Policy User(
        string definition, string name = "p", string pattern = "", PolicyTarget applyTo = PolicyTarget.All, int priority = 0) =>
        new(PolicyKind.User, "/", name, pattern, applyTo, priority, PolicyDefinition.Parse(definition));

    public static Policy Operator(
        string definition, string name = "p", string pattern = "", PolicyTarget applyTo = PolicyTarget.All, int priority = 0) =>
        User(definition, name, pattern, applyTo, priority) with { Kind = PolicyKind.Operator };
}
