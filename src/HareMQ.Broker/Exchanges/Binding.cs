using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>An edge of the topology. Two bindings are the same if source, destination, key and the set of arguments are.</summary>
internal sealed class Binding(Exchange source, IRouteTarget destination, string routingKey, FieldTable arguments)
    : BagItem, IEquatable<Binding>
{
    private RouteTargets? _destinationAlone;

    public Exchange Source => source;

    public IRouteTarget Destination => destination;

    public string RoutingKey => routingKey;

    public FieldTable Arguments => arguments;

    /// <summary>Survives a restart: both ends do.</summary>
    public bool Durable => source.Durable && destination.Durable;

    /// <summary>
    /// Names the binding among those of the same source and destination, in paths of the HTTP API. Clients treat it as opaque.
    /// </summary>
    public string PropertiesKey => (routingKey.Length, arguments.Count) switch
    {
        (0, 0) => "~",
        (_, 0) => Quote(routingKey),
        _ => $"{Quote(routingKey)}~{HashText(arguments)}",
    };

    /// <summary>The destination if it is an exchange.</summary>
    internal Exchange? DestinationExchange { get; } = destination as Exchange;

    /// <summary>The result of a route that leads to this binding's destination alone, which is what most routes do.</summary>
    internal RouteTargets DestinationAlone => _destinationAlone ??= new RouteTargets([destination]);

    public bool Equals(Binding? other) =>
        other is not null
        && ReferenceEquals(source, other.Source)
        && ReferenceEquals(destination, other.Destination)
        && routingKey == other.RoutingKey
        && arguments.Equals(other.Arguments);

    public override bool Equals(object? obj) => Equals(obj as Binding);

    public override int GetHashCode() =>
        HashCode.Combine(RuntimeHelpers.GetHashCode(source), RuntimeHelpers.GetHashCode(destination), routingKey, arguments);

    public override string ToString() => $"{source.Name} --{routingKey}--> {destination.Name}";

    private static string Quote(string key) =>
        Uri.EscapeDataString(key).Replace("~", "%7E", StringComparison.Ordinal).Replace("%20", "+", StringComparison.Ordinal);

    // Stable across restarts (unlike GetHashCode), because people keep such paths in scripts. The order of entries does not count.
    private static string HashText(FieldTable arguments)
    {
        var sum = 0u;
        var reader = new FieldTableReader(arguments.Encoded.Span);
        while (reader.MoveNext()) sum += Fnv1a(arguments.Encoded.Span.Slice(reader.EntryOffset, reader.EntryBytes));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, sum);
        return Base64Url.EncodeToString(bytes);
    }

    private static uint Fnv1a(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var b in bytes) hash = (hash ^ b) * 16777619u;
        return hash;
    }
}
