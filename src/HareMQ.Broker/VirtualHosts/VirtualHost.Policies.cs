using HareMQ.Broker.Definitions;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.VirtualHosts;

internal sealed partial class VirtualHost
{
    /// <summary>Replaced under <see cref="_changing"/>, so that what is declared meanwhile misses no policy.</summary>
    private volatile PolicyTable _policies = PolicyTable.Empty;

    /// <summary>In the order in which they are asked.</summary>
    public IReadOnlyList<Policy> ListPolicies(PolicyKind kind) => _policies.List(kind);

    public EffectivePolicy PolicyOf(Exchange exchange) =>
        exchange.Name.Length == 0 ? EffectivePolicy.None : _policies.ForExchange(exchange.Name);

    /// <summary>Adds or replaces a policy, for what exists and for what will. The caller waits for the journal.</summary>
    public void PutPolicy(PolicyRule rule)
    {
        lock (_changing)
        {
            _journal.Append(PolicyLines.Put(rule.Policy));
            ApplyPolicies(_policies.With(rule));
        }
    }

    /// <returns>False when there is no such policy.</returns>
    public bool DeletePolicy(PolicyKind kind, string name)
    {
        lock (_changing)
        {
            var left = _policies.Without(kind, name);
            if (ReferenceEquals(left, _policies)) return false;
            _journal.Append(PolicyLines.Gone(kind, Name, name));
            ApplyPolicies(left);
            return true;
        }
    }

    /// <summary>Before <see cref="Recover"/>. A policy that this version refuses must not keep the broker from starting.</summary>
    public void RecoverPolicies(IEnumerable<Definition> lines)
    {
        var policies = _policies;
        foreach (var line in lines)
        {
            try
            {
                policies = policies.With(PolicyRule.Compile(PolicyLines.Read(line), _logger));
            }
            catch (InvalidDefinitionException error)
            {
                PolicyLog.Refused(_logger, PolicyLines.Id(line).Name, Name, error.Message);
            }
        }

        ApplyPolicies(policies);
    }

    private void ApplyPolicies(PolicyTable policies)
    {
        _policies = policies;
        foreach (var queue in _queues.Values) ApplyPolicies(queue);
        foreach (var exchange in Topology.Exchanges) ApplyPolicies(exchange);
    }

    private void ApplyPolicies(MessageQueue queue)
    {
        var policy = _policies.ForQueue(queue.Name, queue.Asked.Type);
        if (policy.IsSameAs(queue.Policy)) return;
        queue.Policy = policy;
        if (Events.AreWanted) Events.QueuePolicyChanged(queue, policy);
        var settings = policy.Terms.ApplyTo(queue.Asked);
        if (settings != queue.Settings) queue.Apply(settings);
    }

    private void ApplyPolicies(Exchange exchange)
    {
        if (exchange.Arguments.TryGet(ExchangeArguments.AlternateExchange, out _)) return;
        var alternate = PolicyOf(exchange).Terms.AlternateExchange;
        if (alternate != exchange.AlternateExchange) Topology.SetAlternateExchange(exchange, alternate);
    }
}
