using System.Text.RegularExpressions;
using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Policies;

/// <summary>What holds for a queue, worked out anew from the rules as they are documented, one key after the other.</summary>
internal sealed class NaivePolicies
{
    private readonly List<NaivePolicy> _policies = [];

    public void Put(NaivePolicy policy)
    {
        Delete(policy.Kind, policy.Name);
        _policies.Add(policy);
    }

    public bool Delete(PolicyKind kind, string name) => _policies.RemoveAll(policy => policy.Kind == kind && policy.Name == name) > 0;

    public (string? User, string? Operator, string Settings) Of(string queue, bool isQuorum, IReadOnlyDictionary<string, object> arguments)
    {
        var (user, limits) = (Find(PolicyKind.User, queue, isQuorum), Find(PolicyKind.Operator, queue, isQuorum));
        long? Number(string key) => ((long?[])[Asked(key), Value(user, key) as long?, Value(limits, key) as long?]).Min();
        long? Asked(string key) => arguments.TryGetValue("x-" + key, out var value) && value is int number ? number : null;

        var policyOverflow = Value(limits, "overflow") ?? Value(user, "overflow");
        var askedOverflow = arguments.GetValueOrDefault("x-overflow");
        var overflow = isQuorum ? policyOverflow ?? askedOverflow : askedOverflow ?? policyOverflow;
        var settings = string.Join(
            ' ', Number("message-ttl"), Number("max-length"), overflow ?? "drop-head",
            arguments.GetValueOrDefault("x-dead-letter-exchange") ?? Value(user, "dead-letter-exchange") ?? "-",
            Number("delivery-limit") ?? (isQuorum ? 20 : null));
        return (user?.Name, limits?.Name, settings);
    }

    public string? AlternateOf(string exchange)
    {
        var candidates = _policies.Where(policy => policy is { Kind: PolicyKind.User, Target: "all" or "exchanges" });
        return Value(candidates.Matching(exchange), "alternate-exchange") as string;
    }

    public static string Describe(QueueSettings settings) => string.Join(
        ' ', settings.MessageTtlMs, settings.MaxLength,
        settings.Overflow switch
        {
            OverflowPolicy.DropHead => "drop-head",
            OverflowPolicy.RejectPublish => "reject-publish",
            _ => "reject-publish-dlx",
        },
        settings.DeadLetterExchange ?? "-", settings.DeliveryLimit);

    private NaivePolicy? Find(PolicyKind kind, string queue, bool isQuorum) => _policies
        .Where(policy => policy.Kind == kind)
        .Where(policy => policy.Target is "all" or "queues" || policy.Target == (isQuorum ? "quorum_queues" : "classic_queues"))
        .Where(policy => isQuorum || !policy.Values.ContainsKey("delivery-limit") || policy.Target == "classic_queues")
        .Matching(queue);

    private static object? Value(NaivePolicy? policy, string key) => policy?.Values.GetValueOrDefault(key);
}

internal sealed record NaivePolicy(
    PolicyKind Kind, string Name, string Pattern, string Target, int Priority, IReadOnlyDictionary<string, object> Values)
{
    public Policy ToPolicy()
    {
        var pairs = Values.Select(value => $"\"{value.Key}\":{(value.Value is string text ? $"\"{text}\"" : value.Value)}");
        return new Policy(
            Kind, "/", Name, Pattern, PolicyTargets.Parse(Target), Priority, PolicyDefinition.Parse($"{{{string.Join(',', pairs)}}}"));
    }
}

internal static class NaiveMatching
{
    public static NaivePolicy? Matching(this IEnumerable<NaivePolicy> policies, string name) => policies
        .Where(policy => Regex.IsMatch(name, policy.Pattern))
        .OrderByDescending(policy => policy.Priority).ThenBy(policy => policy.Name, StringComparer.Ordinal)
        .FirstOrDefault();
}
