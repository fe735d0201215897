using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Administration;

/// <summary>Policies that match the names of one test only, and go with it.</summary>
public abstract class PolicyTest(BrokerFixture broker) : ConformanceTest(broker)
{
    private readonly List<BrokerPolicy> _policies = [];

    public override async ValueTask DisposeAsync()
    {
        foreach (var policy in _policies) await Administration.ClearPolicyAsync(policy.Name, policy.IsOperator);
        await base.DisposeAsync();
    }

    protected Task SetAsync(string name, string definition, int priority = 0, bool isOperator = false, string applyTo = "all") =>
        SetAsync(new BrokerPolicy($"{name}-{priority}", $"^{name}$", definition)
        {
            Priority = priority, IsOperator = isOperator, ApplyTo = applyTo,
        });

    protected async Task SetAsync(BrokerPolicy policy)
    {
        await Administration.SetPolicyAsync(policy);
        _policies.Add(policy);
    }

    protected async Task ClearAsync(string name, int priority = 0)
    {
        await Administration.ClearPolicyAsync($"{name}-{priority}");
        _policies.RemoveAll(policy => policy.Name == $"{name}-{priority}");
    }
}
