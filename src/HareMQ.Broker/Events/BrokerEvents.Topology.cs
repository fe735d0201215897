using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;

namespace HareMQ.Broker.Events;

internal sealed partial class BrokerEvents
{
    public void QueueCreated(MessageQueue queue) => RaiseByUser("queue.created", Of(queue.Name, queue.VirtualHost)
        .Add("durable", queue.Durable)
        .Add("auto_delete", queue.Declaration.AutoDelete)
        .AddEntries("arguments", queue.Declaration.Arguments)
        .Add("exclusive", queue.Declaration.Exclusive)
        .Add("owner_pid", queue.Declaration.Owner is IEventSource owner ? ProcessName(owner.ConnectionId) : ""));

    public void QueueDeleted(MessageQueue queue) => RaiseByUser("queue.deleted", Of(queue.Name, queue.VirtualHost));

    public void QueuePolicyChanged(MessageQueue queue, EffectivePolicy policy)
    {
        var type = queue.Settings.Type == QueueType.Quorum ? "rabbit_quorum_queue" : "rabbit_classic_queue";
        var headers = Of(queue.Name, queue.VirtualHost).Add("type", type);
        if ((policy.User ?? policy.Operator) is { } rule) RaiseByUser("queue.policy.updated", Describe(headers, rule));
        else RaiseByUser("queue.policy.cleared", headers);
    }

    public void ExchangeCreated(VirtualHost virtualHost, Exchange exchange) => RaiseByUser("exchange.created",
        Of(exchange.Name, virtualHost.Name)
            .Add("type", exchange.Type)
            .Add("durable", exchange.Durable)
            .Add("auto_delete", exchange.AutoDelete)
            .Add("internal", exchange.Internal)
            .AddEntries("arguments", exchange.Arguments)
            .Add("policy", virtualHost.PolicyOf(exchange).User?.Name ?? ""));

    public void ExchangeDeleted(VirtualHost virtualHost, Exchange exchange) =>
        RaiseByUser("exchange.deleted", Of(exchange.Name, virtualHost.Name));

    public void BindingCreated(VirtualHost virtualHost, Binding binding) =>
        RaiseByUser("binding.created", Describe(virtualHost, binding));

    public void BindingDeleted(VirtualHost virtualHost, Binding binding) =>
        RaiseByUser("binding.deleted", Describe(virtualHost, binding));

    public void VirtualHostCreated(VirtualHost virtualHost)
    {
        foreach (var exchange in virtualHost.Topology.Exchanges) ExchangeCreated(virtualHost, exchange);
        RaiseByUser("vhost.created", Describe(virtualHost));
    }

    public void VirtualHostUpdated(VirtualHost virtualHost) => RaiseByUser("vhost.updated", Describe(virtualHost));

    public void VirtualHostDeleted(VirtualHost virtualHost)
    {
        foreach (var exchange in virtualHost.Topology.Exchanges) ExchangeDeleted(virtualHost, exchange);
        RaiseByUser("vhost.deleted", new EventHeaders().Add("name", virtualHost.Name));
    }

    /// <remarks>RabbitMQ tells of both kinds alike.</remarks>
    public void PolicySet(Policy policy) => RaiseByUser("policy.set", Describe(Of(policy.Name, policy.VirtualHost), policy));

    public void PolicyCleared(PolicyKind kind, string virtualHost, string name) =>
        RaiseByUser(kind == PolicyKind.Operator ? "operator.policy.cleared" : "policy.cleared", Of(name, virtualHost));

    private static EventHeaders Of(string name, string virtualHost) =>
        new EventHeaders().Add("name", name).Add("vhost", virtualHost);

    private static EventHeaders Describe(EventHeaders headers, Policy policy) => headers
        .Add("pattern", policy.Pattern)
        .Add("definition", policy.Definition)
        .Add("priority", policy.Priority)
        .Add("apply-to", policy.ApplyTo.Name());

    private static EventHeaders Describe(VirtualHost virtualHost, Binding binding) => new EventHeaders()
        .Add("source_name", binding.Source.Name)
        .Add("source_kind", "exchange")
        .Add("destination_name", binding.Destination.Name)
        .Add("destination_kind", binding.Destination is Exchange ? "exchange" : "queue")
        .Add("routing_key", binding.RoutingKey)
        .AddEntries("arguments", binding.Arguments)
        .Add("vhost", virtualHost.Name);

    private EventHeaders Describe(VirtualHost virtualHost)
    {
        var metadata = virtualHost.Metadata;
        return new EventHeaders()
            .Add("name", virtualHost.Name)
            .Add("description", metadata.Description)
            .Add("tags", metadata.Tags)
            .Add("default_queue_type", metadata.DefaultQueueType ?? "undefined")
            .Add("tracing", virtualHost.Firehose is not null)
            .AddClusterState(nodeName);
    }
}
