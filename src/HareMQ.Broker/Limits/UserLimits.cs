using System.Text.Json;
using HareMQ.Broker.Definitions;

namespace HareMQ.Broker.Limits;

/// <summary>What a user may have at the same time, in all virtual hosts together. Null or negative: no limit. 0: none.</summary>
internal sealed record UserLimits(long? MaxConnections, long? MaxChannels)
{
    public const string MaxConnectionsName = "max-connections";
    public const string MaxChannelsName = "max-channels";

    public static UserLimits None { get; } = new(null, null);

    /// <param name="name">As in the HTTP API.</param>
    /// <param name="value">Null clears it.</param>
    /// <exception cref="InvalidDefinitionException">No such limit.</exception>
    public UserLimits With(string name, long? value) => name switch
    {
        MaxConnectionsName => this with { MaxConnections = value },
        MaxChannelsName => this with { MaxChannels = value },
        _ => throw LimitErrors.Unrecognised(name, value, "user-limits"),
    };

    /// <summary>All limits at once, from an object as <c>{"max-channels":10}</c>.</summary>
    /// <exception cref="InvalidDefinitionException">No such limit, or not a number.</exception>
    public static UserLimits Read(JsonElement definition)
    {
        var limits = None;
        foreach (var (name, value) in LimitReader.Read(definition)) limits = limits.With(name, value);
        return limits;
    }
}
