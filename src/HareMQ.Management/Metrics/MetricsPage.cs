using System.Runtime.InteropServices;
using HareMQ.Broker.Clients;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Statistics;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Metrics;

/// <summary>One answer: the families in their order, each with the lines that the path asks for.</summary>
internal sealed class MetricsPage(MetricText text, Scrape scrape, BrokerTotals totals, MetricsOptions options)
{
    private const string Prefix = "rabbitmq_";
    private const string DetailedPrefix = "rabbitmq_detailed_";
    private const string ClusterPrefix = "rabbitmq_cluster_";
    private const string Protocol = "amqp091";

    /// <summary><c>/metrics</c>: one line for everything of a kind.</summary>
    public async ValueTask WriteAggregatedAsync()
    {
        var counts = totals.Add(scrape.Connections, scrape.Queues);
        await WriteBrokerAsync();
        var queues = options.LeftOutOfSums is { } leftOut ? [.. scrape.Queues.Where(queue => !leftOut.IsMatch(queue.Name))] : scrape.Queues;
        await SumAsync(QueueMetrics.Lengths.Families, queues);
        await SumAsync(QueueMetrics.State.Families, queues);
        await SumAsync(ChannelMetrics.State.Families, scrape.Channels);
        await OneAsync(ChannelMetrics.Publishes.Families, counts.Channels);
        await OneAsync(ChannelMetrics.Deliveries.Families, counts.Channels);
        await SumAsync(ConnectionMetrics.Traffic.Families, scrape.Connections);
        await SumAsync(ConnectionMetrics.State.Families, scrape.Connections);
        await OneAsync(QueueMetrics.Publishes.Families, counts.AllQueues());
        await OneAsync(NodeMetrics.Alarms, scrape);
        await WriteGlobalAsync(counts);
    }

    /// <summary><c>/metrics/per-object</c>: a line for each queue, channel and connection.</summary>
    public async ValueTask WritePerObjectAsync()
    {
        await WriteBrokerAsync();
        await EachAsync(Prefix, QueueMetrics.Lengths.Families, scrape.Queues, LabelQueue);
        await EachAsync(Prefix, QueueMetrics.State.Families, scrape.Queues, LabelQueue);
        await EachAsync(Prefix, QueueMetrics.Publishes.Families, scrape.Queues, queue => queue.Messages, LabelQueue);
        await EachAsync(Prefix, QueueMetrics.Deliveries.Families, scrape.Queues, queue => queue.Messages, LabelQueue);
        await WriteClientsAsync(Prefix, _ => true);
        await OneAsync(NodeMetrics.Alarms, scrape);
        await WriteGlobalAsync(totals.Add(scrape.Connections, scrape.Queues));
    }

    /// <summary><c>/metrics/detailed</c>: the groups that were asked for. Unknown ones are RabbitMQ's and say nothing here.</summary>
    public async ValueTask WriteDetailedAsync(IReadOnlySet<string> groups)
    {
        if (groups.Contains(NodeMetrics.Churn.Name)) await OneAsync(NodeMetrics.Churn.Families, scrape.Core.Churn, DetailedPrefix);
        if (groups.Contains(NodeMetrics.Coarse.Name)) await OneAsync(NodeMetrics.Coarse.Families, scrape, DetailedPrefix);
        if (groups.Contains(NodeMetrics.Limits.Name)) await OneAsync(NodeMetrics.Limits.Families, scrape, DetailedPrefix);
        if (groups.Contains("auth_attempt_metrics")) WriteLogins(DetailedPrefix);
        if (groups.Contains(QueueMetrics.Lengths.Name))
            await EachAsync(DetailedPrefix, QueueMetrics.Lengths.Families, scrape.Queues, LabelQueue);
        if (groups.Contains(QueueMetrics.State.Name))
            await EachAsync(DetailedPrefix, QueueMetrics.State.Families, scrape.Queues, LabelQueue);
        else if (groups.Contains(QueueMetrics.Consumers.Name))
            await EachAsync(DetailedPrefix, QueueMetrics.Consumers.Families, scrape.Queues, LabelQueue);
        foreach (var group in (MetricGroup<MessageCounts>[])[QueueMetrics.Publishes, QueueMetrics.Deliveries])
        {
            if (groups.Contains(group.Name))
                await EachAsync(DetailedPrefix, group.Families, scrape.Queues, queue => queue.Messages, LabelQueue);
        }

        await WriteClientsAsync(DetailedPrefix, groups.Contains);
        await WriteVirtualHostsAsync(groups);
        WriteIdentity("detailed");
    }

    private async ValueTask WriteBrokerAsync()
    {
        WriteIdentity(options.Endpoint);
        await OneAsync(NodeMetrics.Churn.Families, scrape.Core.Churn);
        await OneAsync(NodeMetrics.Coarse.Families, scrape);
        await OneAsync(NodeMetrics.Limits.Families, scrape);
        text.BeginFamily("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.");
        text.Sample("process_start_time_seconds", ProcessReadings.StartedAtSeconds());
        await OneAsync(NodeMetrics.Totals, scrape);
        WriteLogins(Prefix);
    }

    private void WriteIdentity(string endpoint)
    {
        text.BeginFamily("rabbitmq_build_info", "untyped", "RabbitMQ & Erlang/OTP version info");
        text.BeginSample("rabbitmq_build_info");
        text.Label("rabbitmq_version", ManagementOptions.ApiVersion);
        text.Label("prometheus_plugin_version", ManagementOptions.ApiVersion);
        text.Label("erlang_version", RuntimeInformation.FrameworkDescription);
        text.Label("product_name", options.ProductName);
        text.Label("product_version", options.ProductVersion);
        text.EndSample(1);
        text.BeginFamily("rabbitmq_identity_info", "untyped", "RabbitMQ node & cluster identity info");
        text.BeginSample("rabbitmq_identity_info");
        text.Label("rabbitmq_node", options.NodeName);
        text.Label("rabbitmq_cluster", options.ClusterName());
        text.Label("rabbitmq_cluster_permanent_id", $"rabbitmq-cluster-id-{options.NodeName}");
        text.Label("rabbitmq_endpoint", endpoint);
        text.EndSample(1);
    }

    private void WriteLogins(string prefix)
    {
        (string Protocol, LoginCounts Counts)[] logins = [(Protocol, scrape.Core.AmqpLogins.Ever), ("http", scrape.Core.HttpLogins.Ever)];
        WriteLogins("auth_attempts_total", "Total number of authorization attempts", counts => counts.Succeeded + counts.Failed);
        WriteLogins("auth_attempts_succeeded_total", "Total number of successful authentication attempts", counts => counts.Succeeded);
        WriteLogins("auth_attempts_failed_total", "Total number of failed authentication attempts", counts => counts.Failed);

        void WriteLogins(string name, string help, Func<LoginCounts, long> read)
        {
            text.BeginFamily(prefix + name, "counter", help);
            foreach (var (protocol, counts) in logins) Labelled(prefix + name, "protocol", protocol, read(counts));
        }
    }

    private async ValueTask WriteClientsAsync(string prefix, Func<string, bool> isWanted)
    {
        if (isWanted(ChannelMetrics.State.Name)) await EachAsync(prefix, ChannelMetrics.State.Families, scrape.Channels, LabelChannel);
        foreach (var group in (MetricGroup<MessageCounts>[])[ChannelMetrics.Publishes, ChannelMetrics.Deliveries])
        {
            if (isWanted(group.Name))
                await EachAsync(prefix, group.Families, scrape.Channels, found => found.Channel.Messages, LabelChannel);
        }

        foreach (var group in (MetricGroup<ConnectionSnapshot>[])[ConnectionMetrics.Traffic, ConnectionMetrics.State])
        {
            if (isWanted(group.Name)) await EachAsync(prefix, group.Families, scrape.Connections, LabelConnection);
        }
    }

    private async ValueTask WriteVirtualHostsAsync(IReadOnlySet<string> groups)
    {
        if (groups.Contains("vhost_status"))
        {
            var status = MetricFamily<VirtualHost>.Gauge("vhost_status", "Whether a given vhost is running", _ => 1);
            await EachAsync(ClusterPrefix, [status], scrape.VirtualHosts, virtualHost => text.Label("vhost", virtualHost.Name));
        }

        if (groups.Contains("exchange_bindings"))
        {
            await WriteExchangesAsync(MetricFamily<Exchange>.Gauge("exchange_bindings",
                "Number of bindings for an exchange. This value is cluster-wide.", exchange => exchange.Bindings.Count));
        }

        if (groups.Contains("exchange_names"))
        {
            await WriteExchangesAsync(MetricFamily<Exchange>.Gauge("exchange_name",
                "Enumerates exchanges without any additional info. This value is cluster-wide. "
                + "A cheaper alternative to `exchange_bindings`",
                _ => 1));
        }
    }

    private async ValueTask WriteExchangesAsync(MetricFamily<Exchange> family)
    {
        var exchanges = scrape.VirtualHosts
            .SelectMany(virtualHost => virtualHost.Topology.Exchanges.Select(exchange => (VirtualHost: virtualHost, Exchange: exchange)))
            .Where(found => found.Exchange is { Name.Length: > 0, Internal: false }).ToArray();
        await EachAsync(ClusterPrefix, [family], exchanges, found => found.Exchange, found =>
        {
            text.Label("vhost", found.VirtualHost.Name);
            text.Label("exchange", found.Exchange.Name);
            text.Label("type", found.Exchange.Type);
        });
    }

    private async ValueTask WriteGlobalAsync(BrokerCounts counts)
    {
        WriteGlobal("global_consumers", "gauge", "Current number of consumers", scrape.ConsumerCount);
        WriteGlobal("global_publishers", "gauge", "Current number of publishers", scrape.PublisherCount);
        foreach (var family in GlobalMetrics.OfPublishers) WriteGlobal(family.Name, family.Type, family.Help, family.Read(counts.Channels));
        foreach (var family in GlobalMetrics.OfQueues)
        {
            text.BeginFamily(Prefix + family.Name, family.Type, family.Help);
            for (var i = 0; i < counts.Queues.Length; i++)
            {
                text.BeginSample(Prefix + family.Name);
                text.Label("protocol", Protocol);
                text.Label("queue_type", TypeName(BrokerTotals.QueueTypes[i]));
                text.EndSample(family.Read(counts.Queues[i].Messages));
            }
        }

        foreach (var (name, help, reason) in GlobalMetrics.Deaths)
        {
            text.BeginFamily(Prefix + name, "counter", help);
            for (var i = 0; i < counts.Queues.Length; i++)
            {
                WriteDeaths(name, i, "at_least_once", counts.Queues[i].Deaths.Of(reason, hasExchange: true));
                WriteDeaths(name, i, "disabled", counts.Queues[i].Deaths.Of(reason, hasExchange: false));
            }
        }

        const string Confirmed = "global_messages_dead_lettered_confirmed_total";
        text.BeginFamily(Prefix + Confirmed, "counter", "Total number of messages dead-lettered and confirmed by target queues");
        for (var i = 0; i < counts.Queues.Length; i++) WriteDeaths(Confirmed, i, "at_least_once", counts.Queues[i].Deaths.Confirmed);
        await text.FlushIfFullAsync();
    }

    private void WriteGlobal(string name, string type, string help, double value)
    {
        text.BeginFamily(Prefix + name, type, help);
        Labelled(Prefix + name, "protocol", Protocol, value);
    }

    private void WriteDeaths(string name, int typeIndex, string strategy, long count)
    {
        text.BeginSample(Prefix + name);
        text.Label("queue_type", TypeName(BrokerTotals.QueueTypes[typeIndex]));
        text.Label("dead_letter_strategy", strategy);
        text.EndSample(count);
    }

    private static string TypeName(QueueType type) => type == QueueType.Quorum ? "rabbit_quorum_queue" : "rabbit_classic_queue";

    private async ValueTask OneAsync<T>(MetricFamily<T>[] families, T thing, string prefix = Prefix)
    {
        foreach (var family in families)
        {
            text.BeginFamily(prefix + family.Name, family.Type, family.Help);
            text.Sample(prefix + family.Name, family.Read(thing));
        }

        await text.FlushIfFullAsync();
    }

    private async ValueTask SumAsync<T>(MetricFamily<T>[] families, IReadOnlyList<T> things)
    {
        foreach (var family in families)
        {
            double sum = 0;
            for (var i = 0; i < things.Count; i++) sum += family.Read(things[i]);
            text.BeginFamily(Prefix + family.Name, family.Type, family.Help);
            text.Sample(Prefix + family.Name, sum);
        }

        await text.FlushIfFullAsync();
    }

    private ValueTask EachAsync<T>(string prefix, MetricFamily<T>[] families, IReadOnlyList<T> things, Action<T> label) =>
        EachAsync(prefix, families, things, thing => thing, label);

    private async ValueTask EachAsync<T, TCounts>(
        string prefix, MetricFamily<TCounts>[] families, IReadOnlyList<T> things, Func<T, TCounts> countsOf, Action<T> label)
    {
        foreach (var family in families)
        {
            var name = prefix + family.Name;
            text.BeginFamily(name, family.Type, family.Help);
            for (var i = 0; i < things.Count; i++)
            {
                text.BeginSample(name);
                label(things[i]);
                text.EndSample(family.Read(countsOf(things[i])));
                await text.FlushIfFullAsync();
            }
        }
    }

    private void Labelled(string name, string label, string labelValue, double value)
    {
        text.BeginSample(name);
        text.Label(label, labelValue);
        text.EndSample(value);
    }

    private void LabelQueue(MessageQueue queue)
    {
        text.Label("vhost", queue.VirtualHost);
        text.Label("queue", queue.Name);
    }

    private void LabelChannel(ChannelOfConnection found)
    {
        text.Label("channel", found.Name);
        text.Label("vhost", found.Connection.VirtualHost);
    }

    private void LabelConnection(ConnectionSnapshot connection)
    {
        text.Label("connection", connection.Name);
        text.Label("vhost", connection.VirtualHost);
    }
}
