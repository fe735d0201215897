using System.Text.Json.Nodes;
using HareMQ.Broker;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Policies;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Endpoints;
using HareMQ.Management.Http;

namespace HareMQ.Management.Definitions;

/// <summary>
/// Parameters as RabbitMQ shows them: limits of virtual hosts and operators' policies are among them, each as a component of its own.
/// </summary>
internal static class ParameterCatalog
{
    public const string OperatorPolicy = "operator_policy";

    private const string Limits = "vhost-limits";
    private const string LimitsName = "limits";

    /// <summary>What has an endpoint for administrators alone is not open to policymakers by another door.</summary>
    public static bool IsAdministrators(string component) => component is Limits or OperatorPolicy;

    public static IEnumerable<(ParameterId Id, JsonNode? Value)> List(BrokerCore core, IReadOnlyCollection<VirtualHost> virtualHosts)
    {
        var names = virtualHosts.Select(virtualHost => virtualHost.Name).ToHashSet(StringComparer.Ordinal);
        var stored = core.Parameters.Parameters.Where(one => names.Contains(one.Key.VirtualHost))
            .Select(one => (one.Key, JsonNode.Parse(one.Value.GetRawText())));
        var limits = virtualHosts.Where(virtualHost => virtualHost.Limits != VirtualHostLimits.None)
            .Select(host => (new ParameterId(Limits, host.Name, LimitsName), (JsonNode?)LimitEndpoints.Render(host.Limits)));
        var policies = virtualHosts.SelectMany(virtualHost => virtualHost.ListPolicies(PolicyKind.Operator))
            .Select(policy => (new ParameterId(OperatorPolicy, policy.VirtualHost, policy.Name), (JsonNode?)Value(policy)));
        return stored.Concat(limits).Concat(policies);
    }

    /// <summary>Sets it to the body's <c>value</c>. Returns whether it was not there before.</summary>
    /// <exception cref="ApiException">400: not a value of its component.</exception>
    /// <exception cref="InvalidDefinitionException">The same.</exception>
    public static async Task<bool> SetAsync(BrokerCore core, VirtualHost virtualHost, ParameterId id, JsonBody body)
    {
        switch (id.Component)
        {
            case Limits:
                if (id.Name != LimitsName) throw ApiException.BadRequest($"the only parameter of {Limits} is {LimitsName}");
                var isNew = virtualHost.Limits == VirtualHostLimits.None;
                var limits = VirtualHostLimits.Read(JsonBody.ToElement(body.Object("value")));
                await core.ChangeLimitsOfVirtualHostAsync(id.VirtualHost, _ => limits);
                return isNew;
            case OperatorPolicy:
                var policy = PolicyEndpoints.Read(PolicyKind.Operator, id.VirtualHost, id.Name, new JsonBody(body.Object("value")));
                var isNewPolicy = virtualHost.ListPolicies(PolicyKind.Operator).All(known => known.Name != id.Name);
                await core.PutPolicyAsync(policy);
                return isNewPolicy;
            default:
                return await core.SetParameterAsync(id, JsonBody.ToElement(body["value"]));
        }
    }

    /// <summary>Returns whether it was there.</summary>
    public static async Task<bool> ClearAsync(BrokerCore core, VirtualHost virtualHost, ParameterId id)
    {
        switch (id.Component)
        {
            case Limits:
                if (id.Name != LimitsName || virtualHost.Limits == VirtualHostLimits.None) return false;
                return await core.ChangeLimitsOfVirtualHostAsync(id.VirtualHost, _ => VirtualHostLimits.None);
            case OperatorPolicy:
                return await core.DeletePolicyAsync(PolicyKind.Operator, id.VirtualHost, id.Name);
            default:
                return await core.ClearParameterAsync(id);
        }
    }

    private static JsonObject Value(Policy policy)
    {
        var json = PolicyEndpoints.Render(policy);
        json.Remove("vhost");
        json.Remove("name");
        return json;
    }
}
