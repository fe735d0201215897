using System.Text.Json.Nodes;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Endpoints;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Definitions;

/// <summary>Writes a definitions document. What every virtual host has, and what goes with a connection, is left out.</summary>
internal sealed class DefinitionsExport(ManagementContext context)
{
    private const string SystemPrefix = "amq.";

    public JsonObject All()
    {
        var core = context.Core;
        VirtualHost[] virtualHosts = [.. core.VirtualHosts.OrderBy(virtualHost => virtualHost.Name, StringComparer.Ordinal)];
        var document = Head();
        document["rabbitmq_definition_format"] = "cluster";
        document["original_cluster_name"] = context.ClusterName;
        document["explanation"] = $"Definitions of cluster '{context.ClusterName}'";
        document["users"] = Array(core.Access.Users.OrderBy(user => user.Name, StringComparer.Ordinal)
            .Select(user => UserObject.Render(user, core.Sessions.LimitsOf(user.Name))));
        document["vhosts"] = Array(virtualHosts.Select(VirtualHost));
        document["permissions"] = Array(core.Access.Permissions.OrderBy(entry => entry.VirtualHost, StringComparer.Ordinal)
            .ThenBy(entry => entry.User, StringComparer.Ordinal).Select(UserObject.Render));
        document["topic_permissions"] = Array(core.Access.TopicPermissions.OrderBy(entry => entry.VirtualHost, StringComparer.Ordinal)
            .ThenBy(entry => entry.User, StringComparer.Ordinal).Select(UserObject.Render));
        document["parameters"] = Parameters(virtualHosts);
        document["global_parameters"] = Array(core.Parameters.Globals.Where(one => one.Key != BootDefinitions.HashParameter)
            .Select(one => ParameterEndpoints.Render(one.Key, one.Value)));
        document["policies"] = Array(virtualHosts.SelectMany(host => host.ListPolicies(PolicyKind.User)).Select(PolicyEndpoints.Render));
        AddTopology(document, virtualHosts, isWhole: true);
        return document;
    }

    /// <summary>One virtual host, whose name is not in it: it may be loaded into another.</summary>
    public JsonObject Of(VirtualHost virtualHost)
    {
        var document = Head();
        document["rabbitmq_definition_format"] = "single_virtual_host";
        document["original_vhost_name"] = virtualHost.Name;
        document["parameters"] = Array(Parameters([virtualHost]).Select(item => WithoutVirtualHost(item!.AsObject())));
        document["policies"] = Array(
            virtualHost.ListPolicies(PolicyKind.User).Select(policy => WithoutVirtualHost(PolicyEndpoints.Render(policy))));
        AddTopology(document, [virtualHost], isWhole: false);
        return document;
    }

    private JsonObject Head() => new()
    {
        ["rabbit_version"] = ManagementOptions.ApiVersion,
        ["rabbitmq_version"] = ManagementOptions.ApiVersion,
        ["product_name"] = context.Options.ProductName,
        ["product_version"] = context.Options.ProductVersion,
    };

    private JsonArray Parameters(VirtualHost[] virtualHosts) =>
        Array(ParameterCatalog.List(context.Core, virtualHosts).Select(one => ParameterEndpoints.Render(one.Id, one.Value)));

    private static void AddTopology(JsonObject document, VirtualHost[] virtualHosts, bool isWhole)
    {
        Func<JsonObject, JsonObject> finish = isWhole ? static item => item : WithoutVirtualHost;
        document["queues"] = Array(virtualHosts.SelectMany(virtualHost => virtualHost.Queues
            .Where(IsExported).OrderBy(queue => queue.Name, StringComparer.Ordinal).Select(queue => finish(Queue(queue)))));
        document["exchanges"] = Array(virtualHosts.SelectMany(virtualHost => virtualHost.Topology.Exchanges
            .Where(IsExported).OrderBy(exchange => exchange.Name, StringComparer.Ordinal)
            .Select(exchange => finish(ExchangeObject.Definition(virtualHost, exchange)))));
        document["bindings"] = Array(virtualHosts.SelectMany(BindingObject.All)
            .Where(found => found.Binding.Source.Name.Length > 0
                && (found.Binding.Destination is not MessageQueue queue || IsExported(queue)))
            .Select(found => finish(BindingObject.Definition(found.VirtualHost, found.Binding))));
    }

    private static bool IsExported(MessageQueue queue) =>
        !queue.Declaration.Exclusive && (queue.Durable || !queue.Name.StartsWith(SystemPrefix, StringComparison.Ordinal));

    private static bool IsExported(Exchange exchange) =>
        exchange.Name.Length > 0 && !exchange.Name.StartsWith(SystemPrefix, StringComparison.Ordinal);

    private static JsonObject VirtualHost(VirtualHost virtualHost)
    {
        var json = VirtualHostObject.Definition(virtualHost);
        json["limits"] = LimitEndpoints.Render(virtualHost.Limits);
        return json;
    }

    private static JsonObject Queue(MessageQueue queue)
    {
        var json = QueueObject.Definition(queue);
        json["type"] = QueueObject.TypeName(queue);
        return json;
    }

    private static JsonObject WithoutVirtualHost(JsonObject item)
    {
        item.Remove("vhost");
        return item;
    }

    /// <summary>An item of another array is taken out of it.</summary>
    private static JsonArray Array(IEnumerable<JsonObject> items) =>
        new([.. items.Select(item => item.Parent is null ? item : item.DeepClone())]);
}
