using System.Text.Json;
using HareMQ.Broker.Definitions;

namespace HareMQ.Broker.Limits;

/// <summary>What a virtual host may have. Null or negative: no limit. 0: none.</summary>
internal sealed record VirtualHostLimits(long? MaxConnections, long? MaxQueues)
{
    public const string MaxConnectionsName = "max-connections";
    public const string MaxQueuesName = "max-queues";

    public static VirtualHostLimits None { get; } = new(null, null);

    /// <param name="name">As in the HTTP API.</param>
    /// <param name="value">Null clears it.</param>
    /// <exception cref="InvalidDefinitionException">No such limit.</exception>
    public VirtualHostLimits With(string name, long? value) => name switch
    {
        MaxConnectionsName => this with { MaxConnections = value },
        MaxQueuesName => this with { MaxQueues = value },
        _ => throw LimitErrors.Unrecognised(name, value, "limits"),
    };

    /// <summary>All limits at once, from an object as <c>{"max-queues":10}</c>.</summary>
    /// <exception cref="InvalidDefinitionException">No such limit, or not a number.</exception>
    public static VirtualHostLimits Read(JsonElement definition)
    {
        var limits = None;
        foreach (var (name, value) in LimitReader.Read(definition)) limits = limits.With(name, value);
        return limits;
    }
}
