using System.Text.Json.Nodes;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;
using HareMQ.Management.Json;
using HareMQ.Protocol;

namespace HareMQ.Management.Objects;

internal static class BindingObject
{
    public static JsonObject Render(VirtualHost virtualHost, Binding binding)
    {
        var json = Definition(virtualHost, binding);
        json["properties_key"] = binding.PropertiesKey;
        return json;
    }

    /// <summary>What a definitions file says of it too.</summary>
    public static JsonObject Definition(VirtualHost virtualHost, Binding binding) => new()
    {
        ["source"] = binding.Source.Name,
        ["vhost"] = virtualHost.Name,
        ["destination"] = binding.Destination.Name,
        ["destination_type"] = binding.Destination is Exchange ? "exchange" : "queue",
        ["routing_key"] = binding.RoutingKey,
        ["arguments"] = FieldTableJson.ToJson(binding.Arguments),
    };

    public static ApiList List(IEnumerable<(VirtualHost VirtualHost, Binding Binding)> bindings) =>
        ApiList.Of(bindings, found => Render(found.VirtualHost, found.Binding), found => found.Binding.Source.Name);

    /// <summary>In a stable order; those by which the default exchange finds queues come first.</summary>
    public static IEnumerable<(VirtualHost VirtualHost, Binding Binding)> All(VirtualHost virtualHost) =>
        virtualHost.Queues.OrderBy(queue => queue.Name, StringComparer.Ordinal).Select(queue => ByDefault(virtualHost, queue))
            .Concat(virtualHost.Topology.Exchanges.OrderBy(exchange => exchange.Name, StringComparer.Ordinal)
                .SelectMany(exchange => Sorted(virtualHost.Topology.BindingsFrom(exchange))))
            .Select(binding => (virtualHost, binding));

    public static IEnumerable<Binding> From(VirtualHost virtualHost, Exchange exchange) =>
        ReferenceEquals(exchange, virtualHost.Topology.Default)
            ? virtualHost.Queues.OrderBy(queue => queue.Name, StringComparer.Ordinal).Select(queue => ByDefault(virtualHost, queue))
            : Sorted(virtualHost.Topology.BindingsFrom(exchange));

    public static IEnumerable<Binding> To(VirtualHost virtualHost, IRouteTarget destination)
    {
        var bindings = Sorted(virtualHost.Topology.BindingsTo(destination));
        return destination is Exchange ? bindings : bindings.Prepend(ByDefault(virtualHost, destination));
    }

    public static IEnumerable<Binding> Between(VirtualHost virtualHost, Exchange source, IRouteTarget destination) =>
        To(virtualHost, destination).Where(binding => ReferenceEquals(binding.Source, source));

    /// <summary>Exists by the queue's name alone.</summary>
    private static Binding ByDefault(VirtualHost virtualHost, IRouteTarget queue) =>
        new(virtualHost.Topology.Default, queue, queue.Name, FieldTable.Empty);

    private static IEnumerable<Binding> Sorted(IReadOnlyList<Binding> bindings) => bindings
        .OrderBy(binding => binding.Source.Name, StringComparer.Ordinal)
        .ThenBy(binding => binding.Destination.Name, StringComparer.Ordinal)
        .ThenBy(binding => binding.RoutingKey, StringComparer.Ordinal)
        .ThenBy(binding => binding.PropertiesKey, StringComparer.Ordinal);
}
