namespace HareMQ.Management.Tests.Metrics;

/// <summary>Name by name against RabbitMQ's own plugin, where a variable says where it is.</summary>
public sealed class RabbitMqMetricsTests : IAsyncLifetime
{
    public const string Variable = "HAREMQ_TEST_RABBITMQ_PROMETHEUS_URL";

    /// <summary>What nothing here corresponds to; docs/metrics.md says why.</summary>
    private static readonly string[] s_leftOut =
    [
        "erlang_", "telemetry_scrape_", "rabbitmq_io_", "rabbitmq_raft_", "rabbitmq_msg_store_", "rabbitmq_queue_index_",
        "rabbitmq_schema_db_", "rabbitmq_auth_attempts_detailed_", "rabbitmq_erlang_scheduler_context_switches_total",
        "rabbitmq_connection_pending_packets", "rabbitmq_queue_process_", "rabbitmq_channel_process_", "rabbitmq_connection_process_",
        "rabbitmq_queue_disk_", "rabbitmq_queue_head_message_timestamp",
    ];

    private readonly HttpClient _http = new();
    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await ManagementBroker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _broker.DisposeAsync();
    }

    [Theory]
    [InlineData("metrics")]
    [InlineData("metrics/per-object")]
    [InlineData("metrics/detailed?family=queue_coarse_metrics&family=queue_metrics&family=channel_metrics&family=channel_exchange_metrics"
        + "&family=connection_coarse_metrics&family=connection_metrics&family=connection_churn_metrics&family=node_coarse_metrics"
        + "&family=node_metrics&family=auth_attempt_metrics&family=vhost_status&family=exchange_bindings&family=exchange_names")]
    [InlineData("metrics/detailed?family=queue_consumer_count")]
    public async Task Families_have_the_plugins_names_types_and_help(string path)
    {
        var root = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(root), $"{Variable} names no rabbitmq-server");
        var theirs = new MetricsText(await _http.GetStringAsync(new Uri(new Uri(root!), path)));
        var ours = new MetricsText(await _http.GetStringAsync(new Uri(_broker.MetricsUri, $"/{path}")));
        var differences = theirs.Families
            .Where(family => !IsLeftOut(family.Key) && !IsLeftOut(family.Key.Replace("_detailed", "", StringComparison.Ordinal)))
            .Where(family => !ours.Families.TryGetValue(family.Key, out var found) || found != family.Value)
            .Select(family => $"{family.Key} {family.Value}: {(ours.Families.TryGetValue(family.Key, out var found) ? found : "missing")}");
        Assert.Empty(differences);
    }

    private static bool IsLeftOut(string family) => s_leftOut.Any(prefix => family.StartsWith(prefix, StringComparison.Ordinal));
}
