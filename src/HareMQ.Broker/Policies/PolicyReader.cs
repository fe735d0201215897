using System.Text;
using System.Text.Json;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Policies;

/// <summary>Reads and checks the definition of a policy. What it refuses, and in which words, is RabbitMQ's, with hints added.</summary>
internal readonly ref struct PolicyReader
{
    private readonly IReadOnlyDictionary<string, JsonElement> _definition;

    private PolicyReader(IReadOnlyDictionary<string, JsonElement> definition) => _definition = definition;

    /// <exception cref="InvalidDefinitionException">A key that a policy of this kind cannot have, or a bad value.</exception>
    public static PolicyTerms Read(PolicyKind kind, IReadOnlyDictionary<string, JsonElement> definition)
    {
        if (definition.Count == 0) throw new InvalidDefinitionException("no policy provided");
        foreach (var (key, value) in definition)
            if (!PolicyKeys.AllowedIn(kind).Contains(key)) throw Unrecognised(kind, key, value);
        return new PolicyReader(definition).Read();
    }

    private static InvalidDefinitionException Unrecognised(PolicyKind kind, string key, JsonElement value)
    {
        var text = $"{ErlangText.Of(key, value)} are not recognised policy settings";
        if (PolicyKeys.IsFixedByDeclaration(key)) text += $": {key} is fixed when a queue is declared";
        else if (PolicyKeys.AllowedIn(PolicyKind.User).Contains(key)) text += $": an operator policy cannot set {key}";
        else if (NearestName.Find(key, PolicyKeys.AllowedIn(kind)) is { } near) text += $"; did you mean {near}?";
        return new InvalidDefinitionException(text);
    }

    private PolicyTerms Read()
    {
        CheckOneOf(PolicyKeys.QueueMode, "queue-mode value", "default", "lazy");
        CheckOneOf(PolicyKeys.DeadLetterStrategy, "dead letter strategy", "at-most-once", "at-least-once");
        Number(PolicyKeys.QueueVersion, "queue-version value", min: 1, max: 2);
        return new PolicyTerms
        {
            AlternateExchange = Text(PolicyKeys.AlternateExchange, "alternate exchange name"),
            DeadLetterExchange = Text(PolicyKeys.DeadLetterExchange, "dead letter exchange name"),
            DeadLetterRoutingKey = RoutingKey(PolicyKeys.DeadLetterRoutingKey, "dead letter routing key"),
            MessageTtlMs = Number(PolicyKeys.MessageTtl, "message TTL", min: 0, QueueSettings.TimeMaxMs),
            ExpiresMs = Number(PolicyKeys.Expires, "queue expiry", min: 1, QueueSettings.TimeMaxMs),
            MaxLength = Number(PolicyKeys.MaxLength, "maximum length"),
            MaxLengthBytes = Number(PolicyKeys.MaxLengthBytes, "maximum length in bytes"),
            Overflow = Overflow(),
            DeliveryLimit = (int?)Number(PolicyKeys.DeliveryLimit, "delivery limit", min: -1, max: int.MaxValue),
            ConsumerTimeoutMs = Number(PolicyKeys.ConsumerTimeout, "consumer timeout", min: 1, QueueSettings.TimeMaxMs),
        };
    }

    private OverflowPolicy? Overflow()
    {
        const string what = "overflow value";
        return Text(PolicyKeys.Overflow, what) switch
        {
            null => null,
            "drop-head" => OverflowPolicy.DropHead,
            "reject-publish" => OverflowPolicy.RejectPublish,
            "reject-publish-dlx" => OverflowPolicy.RejectPublishDlx,
            _ => throw Invalid(_definition[PolicyKeys.Overflow], what),
        };
    }

    private void CheckOneOf(string key, string what, params ReadOnlySpan<string> values)
    {
        if (Text(key, what) is { } text && !values.Contains(text)) throw Invalid(_definition[key], what);
    }

    private string? RoutingKey(string key, string what)
    {
        var text = Text(key, what);
        // No publish could carry it.
        if (text is not null && Encoding.UTF8.GetByteCount(text) > byte.MaxValue) throw Invalid(_definition[key], what);
        return text;
    }

    private string? Text(string key, string what)
    {
        if (!_definition.TryGetValue(key, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Invalid(value, what);
    }

    private long? Number(string key, string what, long min = 0, long max = long.MaxValue)
    {
        if (!_definition.TryGetValue(key, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number) || number < min) throw Invalid(value, what);
        return number <= max ? number : throw Invalid(value, $"{what}: the highest is {max}");
    }

    private static InvalidDefinitionException Invalid(JsonElement value, string what) =>
        new($"{ErlangText.Of(value)} is not a valid {what}");
}
