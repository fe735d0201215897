using System.IO.Compression;
using System.Net;
using System.Text;
using HareMQ.Hosting;
using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests.Metrics;

public sealed class PrometheusTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await ManagementBroker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Everything_that_happens_to_messages_is_counted()
    {
        await using var connection = await _broker.ConnectAsync("metrics");
        await TrafficAsync(connection);
        await Eventually.Holds(
            () => ReadAsync(""),
            text => text[OfDead("confirmed", "at_least_once")] == 3,
            "the dead letters");

        var metrics = await ReadAsync("");
        (string Name, double Value)[] expected =
        [
            ("rabbitmq_connections", 1), ("rabbitmq_channels", 3), ("rabbitmq_consumers", 1), ("rabbitmq_queues", 3),
            ("rabbitmq_connections_opened_total", 1), ("rabbitmq_channels_opened_total", 3), ("rabbitmq_queues_created_total", 3),
            ("rabbitmq_queue_messages_ready", 1), ("rabbitmq_queue_messages_unacked", 5), ("rabbitmq_queue_messages", 6),
            ("rabbitmq_queue_messages_bytes", 6 * 150), ("rabbitmq_queue_consumers", 1),
            ("rabbitmq_channel_messages_published_total", 15), ("rabbitmq_channel_messages_confirmed_total", 15),
            ("rabbitmq_channel_prefetch", 0), ("rabbitmq_consumer_prefetch", 5), ("rabbitmq_connection_channels", 3),
            ("""rabbitmq_auth_attempts_succeeded_total{protocol="amqp091"}""", 1),
            ("""rabbitmq_auth_attempts_failed_total{protocol="amqp091"}""", 0),
            ("""rabbitmq_global_messages_received_total{protocol="amqp091"}""", 15),
            ("""rabbitmq_global_messages_received_confirm_total{protocol="amqp091"}""", 15),
            ("""rabbitmq_global_messages_confirmed_total{protocol="amqp091"}""", 15),
            ("""rabbitmq_global_messages_routed_total{protocol="amqp091"}""", 13),
            ("""rabbitmq_global_messages_unroutable_dropped_total{protocol="amqp091"}""", 1),
            ("""rabbitmq_global_messages_unroutable_returned_total{protocol="amqp091"}""", 1),
            ("""rabbitmq_global_publishers{protocol="amqp091"}""", 1), ("""rabbitmq_global_consumers{protocol="amqp091"}""", 1),
            (OfClassic("delivered_get_auto_ack"), 1), (OfClassic("delivered_get_manual_ack"), 3), (OfClassic("get_empty"), 1),
            (OfClassic("delivered_consume_manual_ack"), 7), (OfClassic("delivered_consume_auto_ack"), 0), (OfClassic("delivered"), 11),
            (OfClassic("acknowledged"), 3), (OfClassic("redelivered"), 1),
            (OfDead("maxlen", "at_least_once"), 2),
            (OfDead("rejected", "at_least_once"), 1),
            (OfDead("expired", "disabled"), 0),
            ("rabbitmq_alarms_memory_used_watermark", 0), ("rabbitmq_alarms_free_disk_space_watermark", 0),
        ];
        Assert.Equal(
            expected.Select(pair => $"{pair.Name} {pair.Value}"), expected.Select(pair => $"{pair.Name} {metrics[pair.Name]}"));
        foreach (var positive in (string[])
            [
                "rabbitmq_process_resident_memory_bytes", "rabbitmq_resident_memory_limit_bytes", "rabbitmq_disk_space_available_bytes",
                "rabbitmq_disk_space_available_limit_bytes", "rabbitmq_erlang_uptime_seconds", "rabbitmq_connection_incoming_bytes_total",
                "rabbitmq_connection_outgoing_packets_total", "process_start_time_seconds",
            ])
        {
            Assert.True(metrics[positive] > 0, positive);
        }
    }

    [Fact]
    public async Task Totals_never_fall_when_queues_channels_and_virtual_hosts_go()
    {
        await _broker.Http.PutAsync("vhosts/gone");
        var factory = new ConnectionFactory { Port = _broker.AmqpPort, HostName = "127.0.0.1", VirtualHost = "gone" };
        await using (var connection = await factory.CreateConnectionAsync())
        {
            var channel = await connection.CreateChannelAsync();
            await channel.QueueDeclareAsync("q", durable: false, exclusive: false, autoDelete: false);
            for (var i = 0; i < 5; i++) await channel.BasicPublishAsync("", "q", "x"u8.ToArray());
            for (var i = 0; i < 3; i++) await channel.BasicGetAsync("q", autoAck: true);
            await channel.QueueDeleteAsync("q");
        }

        Assert.Equal(204, (await _broker.Http.DeleteAsync("vhosts/gone")).Status);
        await Eventually.Equal(0, async () => (int)(await ReadAsync(""))["rabbitmq_connections"]);
        var metrics = await ReadAsync("");
        Assert.Equal(5, metrics["""rabbitmq_global_messages_received_total{protocol="amqp091"}"""]);
        Assert.Equal(3, metrics[OfClassic("delivered_get_auto_ack")]);
        Assert.Equal(1, metrics["rabbitmq_queues_deleted_total"]);
    }

    [Fact]
    public async Task Identity_is_what_dashboards_join_on()
    {
        var metrics = await ReadAsync("");
        Assert.Equal(1, metrics[
            """rabbitmq_identity_info{rabbitmq_node="hare@test",rabbitmq_cluster="hare@test","""
            + """rabbitmq_cluster_permanent_id="rabbitmq-cluster-id-hare@test",rabbitmq_endpoint="aggregated"}"""]);
        Assert.Contains(metrics.Samples, sample => Starts(sample, "rabbitmq_build_info{rabbitmq_version=\"3.13.7\""));
        await _broker.Http.PutAsync("cluster-name", """{"name":"new \"name\""}""");
        metrics = await ReadAsync("");
        Assert.Contains(metrics.Samples, sample => sample.Contains("rabbitmq_cluster=\"new \\\"name\\\"\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_object_has_its_line()
    {
        await using var connection = await _broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("a \"quoted\" \\ queue", durable: false, exclusive: true, autoDelete: false);
        await channel.QueueDeclareAsync("käse", durable: false, exclusive: true, autoDelete: false);
        await channel.BasicPublishAsync("", "käse", "hello"u8.ToArray());
        await channel.BasicGetAsync("käse", autoAck: false);
        var metrics = await ReadAsync("/per-object");
        Assert.Equal(0, metrics["""rabbitmq_queue_messages{vhost="/",queue="a \"quoted\" \\ queue"}"""]);
        Assert.Equal(1, metrics["""rabbitmq_queue_messages_unacked{vhost="/",queue="käse"}"""]);
        Assert.Equal(5, metrics["""rabbitmq_queue_messages_bytes{vhost="/",queue="käse"}"""]);
        Assert.Equal(1, metrics["""rabbitmq_queue_messages_published_total{vhost="/",queue="käse"}"""]);
        Assert.Equal(1, metrics["""rabbitmq_queue_get_ack_total{vhost="/",queue="käse"}"""]);
        Assert.Single(metrics.Samples, sample => Starts(sample, "rabbitmq_channel_messages_unacked{channel=\"127.0.0.1:"));
        Assert.Single(metrics.Samples, sample => Starts(sample, "rabbitmq_connection_incoming_bytes_total{connection="));
    }

    [Fact]
    public async Task Detailed_gives_the_families_and_virtual_hosts_that_are_asked_for()
    {
        await _broker.Http.PutAsync("vhosts/other");
        await _broker.Http.PutAsync("queues/other/q");
        await _broker.Http.PutAsync("queues/%2F/q");
        var all = await ReadAsync("/detailed?family=queue_coarse_metrics&family=vhost_status&family=ra_metrics");
        Assert.Equal(
            [
                "rabbitmq_build_info", "rabbitmq_cluster_vhost_status", "rabbitmq_detailed_queue_messages",
                "rabbitmq_detailed_queue_messages_ready", "rabbitmq_detailed_queue_messages_unacked", "rabbitmq_identity_info",
            ],
            all.Families.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0, all["""rabbitmq_detailed_queue_messages{vhost="other",queue="q"}"""]);
        Assert.Equal(0, all["""rabbitmq_detailed_queue_messages{vhost="/",queue="q"}"""]);
        Assert.Equal(1, all["""rabbitmq_cluster_vhost_status{vhost="other"}"""]);
        var other = await ReadAsync("/detailed?family=queue_coarse_metrics&vhost=other");
        Assert.DoesNotContain("""rabbitmq_detailed_queue_messages{vhost="/",queue="q"}""", other.Samples);
        Assert.Contains("""rabbitmq_detailed_queue_messages{vhost="other",queue="q"}""", other.Samples);
        var bindings = await ReadAsync("/detailed?family=exchange_bindings&vhost=other");
        Assert.Equal(0, bindings["""rabbitmq_cluster_exchange_bindings{vhost="other",exchange="amq.topic",type="topic"}"""]);
    }

    [Fact]
    public async Task Thousands_of_queues_are_streamed_and_zipped_when_asked()
    {
        const int Queues = 1000;
        var channel = await (await _broker.ConnectAsync()).CreateChannelAsync();
        for (var i = 0; i < Queues; i++)
            await channel.QueueDeclareAsync($"queue-{i}", durable: false, exclusive: true, autoDelete: false, noWait: i < Queues - 1);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_broker.MetricsUri}/per-object");
        request.Headers.Add("Accept-Encoding", "gzip");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Null(response.Content.Headers.ContentLength);
        await using var unzipped = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(unzipped, Encoding.UTF8);
        var metrics = new MetricsText(await reader.ReadToEndAsync());
        Assert.Equal(Queues, metrics.Samples.Count(sample => Starts(sample, "rabbitmq_queue_messages_ready{")));
        Assert.Equal(Queues, (await ReadAsync(""))["rabbitmq_queues"]);
    }

    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/metrics/nothing", 404)]
    [InlineData("GET", "/metricsandmore", 404)]
    [InlineData("GET", "/metrics/", 200)]
    [InlineData("HEAD", "/metrics", 200)]
    [InlineData("POST", "/metrics", 405)]
    public async Task Nothing_but_metrics_is_answered(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_broker.MetricsUri, path));
        using var response = await _http.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 200) Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Path_and_granularity_are_configurable_and_no_port_means_no_metrics()
    {
        await using var broker = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.PrometheusPort = 0;
            options.PrometheusPath = "/telemetry/hare";
            options.PrometheusPerObjectMetrics = true;
        });
        Assert.Equal("/telemetry/hare", broker.PrometheusUri!.AbsolutePath);
        var metrics = new MetricsText(await _http.GetStringAsync(broker.PrometheusUri));
        Assert.Contains(metrics.Samples, sample => sample.Contains("rabbitmq_endpoint=\"per-object\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri(broker.PrometheusUri, "/metrics"))).StatusCode);

        await using var silent = await HareBroker.StartAsync(options => options.Port = 0);
        Assert.Null(silent.PrometheusUri);
        await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.PrometheusPort = broker.PrometheusUri.Port;
        }));
    }

    [Fact]
    public async Task Queues_of_some_names_are_left_out_of_sums_and_of_nothing_else()
    {
        await using var broker = await ManagementBroker.StartAsync(options => options.PrometheusQueuesLeftOut = "^tmp[.]");
        await using var channel = await (await broker.ConnectAsync()).CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        foreach (var queue in (string[])["tmp.1", "orders", "not-tmp.1"])
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
            await channel.BasicPublishAsync("", queue, "x"u8.ToArray());
        }

        var sums = new MetricsText(await _http.GetStringAsync(broker.MetricsUri));
        Assert.Equal((2, 3), (sums["rabbitmq_queue_messages_ready"], sums["rabbitmq_queue_messages_published_total"]));
        var each = new MetricsText(await _http.GetStringAsync(broker.MetricsUri + "/per-object"));
        Assert.Equal(1, each["rabbitmq_queue_messages_ready{vhost=\"/\",queue=\"tmp.1\"}"]);
    }

    private async Task<MetricsText> ReadAsync(string suffix) => new(await _http.GetStringAsync(_broker.MetricsUri + suffix));

    private static string OfClassic(string what) =>
        $$"""rabbitmq_global_messages_{{what}}_total{protocol="amqp091",queue_type="rabbit_classic_queue"}""";

    private static string OfDead(string what, string strategy) =>
        $$"""rabbitmq_global_messages_dead_lettered_{{what}}_total{queue_type="rabbit_classic_queue",dead_letter_strategy="{{strategy}}"}""";

    private static bool Starts(string sample, string start) => sample.StartsWith(start, StringComparison.Ordinal);

    /// <summary>10 messages for a queue, 3 for one with room for one, 2 for nobody; got, rejected, consumed in all ways.</summary>
    private static async Task TrafficAsync(IConnection connection)
    {
        var confirming = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);
        var channel = await connection.CreateChannelAsync(confirming);
        await channel.ExchangeDeclareAsync("ex", "topic");
        var toDead = new Dictionary<string, object?> { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "dead" };
        await channel.QueueDeclareAsync("dead", durable: false, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 0 });
        await channel.QueueDeclareAsync("q", durable: false, exclusive: false, autoDelete: false, toDead);
        await channel.QueueDeclareAsync("one", durable: false, exclusive: false, autoDelete: false,
            new Dictionary<string, object?>(toDead) { ["x-max-length"] = 1 });
        await channel.QueueBindAsync("q", "ex", "a.#");
        var body = new byte[150];
        for (var i = 0; i < 10; i++) await channel.BasicPublishAsync("ex", "a.b", body);
        for (var i = 0; i < 3; i++) await channel.BasicPublishAsync("", "one", body);
        await channel.BasicPublishAsync("ex", "nowhere", body);
        await channel.BasicPublishAsync("ex", "nowhere", mandatory: true, body);

        var getting = await connection.CreateChannelAsync();
        await getting.BasicGetAsync("q", autoAck: true);
        await getting.BasicAckAsync((await getting.BasicGetAsync("q", autoAck: false))!.DeliveryTag, multiple: false);
        await getting.BasicRejectAsync((await getting.BasicGetAsync("q", autoAck: false))!.DeliveryTag, requeue: true);
        await getting.BasicRejectAsync((await getting.BasicGetAsync("q", autoAck: false))!.DeliveryTag, requeue: false);
        await getting.BasicGetAsync("dead", autoAck: true);

        var consuming = await connection.CreateChannelAsync();
        await consuming.BasicQosAsync(0, prefetchCount: 5, global: false);
        var received = new TaskCompletionSource();
        var consumer = new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(consuming);
        consumer.ReceivedAsync += async (_, message) =>
        {
            if (message.DeliveryTag == 7) received.SetResult();
            if (message.DeliveryTag <= 2) await consuming.BasicAckAsync(message.DeliveryTag, multiple: false);
        };
        await consuming.BasicConsumeAsync("q", autoAck: false, consumer);
        await received.Task.WaitAsync(Eventually.Deadline);
    }
}
