using System.Text.Json;
using System.Text.Json.Serialization;

namespace HareMQ.Broker.Definitions;

/// <summary>
/// One change of what a broker knows for good: a line of the definitions log. Replaying all lines in order gives the present state.
/// </summary>
/// <remarks>
/// Names and meanings are on disk: they may grow, never change (a golden test holds them). Field tables are kept as they came from the wire, so
/// that no type is lost.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(VirtualHostPut), "vhost")]
[JsonDerivedType(typeof(VirtualHostGone), "vhost-gone")]
[JsonDerivedType(typeof(UserPut), "user")]
[JsonDerivedType(typeof(UserGone), "user-gone")]
[JsonDerivedType(typeof(PermissionPut), "permission")]
[JsonDerivedType(typeof(PermissionGone), "permission-gone")]
[JsonDerivedType(typeof(TopicPermissionPut), "topic-permission")]
[JsonDerivedType(typeof(TopicPermissionGone), "topic-permission-gone")]
[JsonDerivedType(typeof(VirtualHostLimitsPut), "vhost-limits")]
[JsonDerivedType(typeof(UserLimitsPut), "user-limits")]
[JsonDerivedType(typeof(PolicyPut), "policy")]
[JsonDerivedType(typeof(PolicyGone), "policy-gone")]
[JsonDerivedType(typeof(OperatorPolicyPut), "operator-policy")]
[JsonDerivedType(typeof(OperatorPolicyGone), "operator-policy-gone")]
[JsonDerivedType(typeof(ExchangePut), "exchange")]
[JsonDerivedType(typeof(ExchangeGone), "exchange-gone")]
[JsonDerivedType(typeof(QueuePut), "queue")]
[JsonDerivedType(typeof(QueueGone), "queue-gone")]
[JsonDerivedType(typeof(BindingPut), "binding")]
[JsonDerivedType(typeof(BindingGone), "binding-gone")]
[JsonDerivedType(typeof(ParameterPut), "parameter")]
[JsonDerivedType(typeof(ParameterGone), "parameter-gone")]
[JsonDerivedType(typeof(GlobalParameterPut), "global-parameter")]
[JsonDerivedType(typeof(GlobalParameterGone), "global-parameter-gone")]
internal abstract record Definition;

/// <summary>A virtual host; a second line of the same name changes what is noted about it, and nothing else.</summary>
internal sealed record VirtualHostPut(
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? Description = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string[]? Tags = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? DefaultQueueType = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Tracing = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ProtectedFromDeletion = false) : Definition;

internal sealed record VirtualHostGone(string Name) : Definition;

internal sealed record UserPut(string Name, string PasswordHash, string HashingAlgorithm, string[] Tags) : Definition;

internal sealed record UserGone(string Name) : Definition;

internal sealed record PermissionPut(string User, string VirtualHost, string Configure, string Write, string Read) : Definition;

internal sealed record PermissionGone(string User, string VirtualHost) : Definition;

internal sealed record TopicPermissionPut(string User, string VirtualHost, string Exchange, string Write, string Read) : Definition;

/// <param name="Exchange">Null: those of all exchanges.</param>
internal sealed record TopicPermissionGone(string User, string VirtualHost, string? Exchange) : Definition;

/// <summary>All limits of the virtual host; null = none.</summary>
internal sealed record VirtualHostLimitsPut(string VirtualHost, long? MaxConnections, long? MaxQueues) : Definition;

/// <summary>All limits of the user; null = none.</summary>
internal sealed record UserLimitsPut(string User, long? MaxConnections, long? MaxChannels) : Definition;

/// <param name="ApplyTo">By its name in the HTTP API.</param>
internal sealed record PolicyPut(
    string VirtualHost, string Name, string Pattern, string ApplyTo, int Priority, Dictionary<string, JsonElement> Definition) : Definition;

internal sealed record PolicyGone(string VirtualHost, string Name) : Definition;

/// <inheritdoc cref="PolicyPut"/>
internal sealed record OperatorPolicyPut(
    string VirtualHost, string Name, string Pattern, string ApplyTo, int Priority, Dictionary<string, JsonElement> Definition) : Definition;

internal sealed record OperatorPolicyGone(string VirtualHost, string Name) : Definition;

/// <param name="Log">Where the exchange keeps delayed messages in the store; 0 = it keeps none.</param>
internal sealed record ExchangePut(
    string VirtualHost,
    string Name,
    string Type,
    bool AutoDelete,
    bool Internal,
    byte[] Arguments,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ulong Log = 0) : Definition;

internal sealed record ExchangeGone(string VirtualHost, string Name) : Definition;

/// <param name="Log">The queue's directory in the store.</param>
/// <param name="User">Who has declared it; null: former versions did not note that.</param>
internal sealed record QueuePut(
    string VirtualHost,
    string Name,
    bool AutoDelete,
    byte[] Arguments,
    ulong Log,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? User = null) : Definition;

internal sealed record QueueGone(string VirtualHost, string Name) : Definition;

internal sealed record BindingPut(string VirtualHost, string Source, string Destination, bool ToExchange, string Key, byte[] Arguments) : Definition;

internal sealed record BindingGone(string VirtualHost, string Source, string Destination, bool ToExchange, string Key, byte[] Arguments) : Definition;

internal sealed record ParameterPut(string Component, string VirtualHost, string Name, JsonElement Value) : Definition;

internal sealed record ParameterGone(string Component, string VirtualHost, string Name) : Definition;

internal sealed record GlobalParameterPut(string Name, JsonElement Value) : Definition;

internal sealed record GlobalParameterGone(string Name) : Definition;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Definition))]
internal sealed partial class DefinitionJson : JsonSerializerContext;
