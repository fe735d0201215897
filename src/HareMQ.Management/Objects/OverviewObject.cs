using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using HareMQ.Broker.Statistics;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;
using HareMQ.Management.Statistics;

namespace HareMQ.Management.Objects;

/// <summary>The whole broker; for users without monitoring, what they see of it.</summary>
internal sealed class OverviewObject(ApiRequest request)
{
    private readonly ManagementContext _context = request.Context;
    private readonly View _view = new(request);

    public JsonObject Render()
    {
        var options = _context.Options;
        VirtualHost[] virtualHosts = [.. request.VisibleVirtualHosts];
        var json = new JsonObject
        {
            ["management_version"] = ManagementOptions.ApiVersion,
            ["rates_mode"] = options.RatesMode,
            ["sample_retention_policies"] = new JsonObject
            {
                ["global"] = Periods(options.Retention.Global),
                ["basic"] = Periods(options.Retention.Basic),
                ["detailed"] = Periods(options.Retention.Basic),
            },
            ["exchange_types"] = NodeObject.ExchangeTypes(),
            ["product_name"] = options.ProductName,
            ["product_version"] = options.ProductVersion,
            ["rabbitmq_version"] = ManagementOptions.ApiVersion,
            ["cluster_name"] = _context.ClusterName,
            ["cluster_tags"] = new JsonArray(),
            ["node_tags"] = new JsonArray(),
            ["erlang_version"] = RuntimeInformation.FrameworkDescription,
            ["erlang_full_version"] = $"{RuntimeInformation.FrameworkDescription} {RuntimeInformation.RuntimeIdentifier}",
            ["release_series_support_status"] = "supported",
            ["default_queue_type"] = _context.Core.DefaultQueueType,
            ["disable_stats"] = _view.DisableStats,
            ["enable_queue_totals"] = _view.EnableQueueTotals,
            ["is_op_policy_updating_enabled"] = !options.OperatorPoliciesAreFixed,
            ["statistics_db_event_queue"] = 0,
            ["object_totals"] = ObjectTotals(virtualHosts),
        };
        if (!_view.DisableStats) AddNumbers(json, virtualHosts);
        if (request.IsMonitor) AddNode(json);
        return json;
    }

    private static JsonArray Periods(IEnumerable<RetentionTier> tiers) => new([.. tiers.Select(tier => (JsonNode)(tier.PeriodMs / 1000))]);

    private JsonObject ObjectTotals(VirtualHost[] virtualHosts) => new()
    {
        ["channels"] = _view.Connections.Sum(connection => connection.Channels.Count),
        ["connections"] = _view.Connections.Count(),
        ["consumers"] = virtualHosts.Sum(virtualHost => virtualHost.Queues.Sum(queue => (long)queue.ConsumerCount)),
        ["exchanges"] = virtualHosts.Sum(virtualHost => virtualHost.Topology.Exchanges.Count),
        ["queues"] = virtualHosts.Sum(virtualHost => virtualHost.Queues.Count),
    };

    private void AddNumbers(JsonObject json, VirtualHost[] virtualHosts)
    {
        var live = _context.Sampler.CountClients();
        var messages = new MessageCounts();
        foreach (var virtualHost in virtualHosts) messages.Add(Sampler.Total(virtualHost, live.GetValueOrDefault(virtualHost.Name)));
        long[] values =
        [
            .. Numbers.Lengths(virtualHosts.SelectMany(virtualHost => virtualHost.Queues)), .. Numbers.Of(messages),
            .. Numbers.Of(_context.Core.Churn),
        ];
        // Rates are sampled of the whole broker; of a part of it there are none.
        Sampled thing = request.IsMonitor ? _context.Core.Churn : new MessageCounts();
        json["message_stats"] = _view.Stats.Messages(Schema.Overview, thing, values) ?? [];
        var churn = new JsonObject();
        _view.Stats.AddPlain(churn, Schema.Overview, thing, values, areData: false);
        json["churn_rates"] = churn;
        var totals = new JsonObject();
        _view.Stats.AddLengths(totals, Schema.Overview, thing, values);
        json["queue_totals"] = totals;
    }

    private void AddNode(JsonObject json)
    {
        json["node"] = _context.Options.NodeName;
        json["listeners"] = new JsonArray([.. _context.Listeners.Select(listener => (JsonNode)new JsonObject
        {
            ["node"] = _context.Options.NodeName,
            ["protocol"] = listener.Protocol,
            ["ip_address"] = listener.Host,
            ["port"] = listener.Port,
            ["tls"] = listener.IsTls,
            ["socket_opts"] = new JsonObject(),
        })]);
        json["contexts"] = new NodeObject(_context).Contexts();
    }
}
