using System.Diagnostics.Metrics;
using HareMQ.Hosting;
using HareMQ.Testing;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests.Metrics;

/// <summary>The meter HareMQ, seen by a listener and by OpenTelemetry's own exporting.</summary>
public sealed class MeterTests
{
    [Fact]
    public async Task Listener_sees_what_the_broker_does()
    {
        var node = $"hare@{Guid.NewGuid():N}";
        await using var broker = await StartAsync(node);
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (IsOf(instrument.Meter.Tags, node)) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => values[Key(instrument.Name, tags)] = value);
        listener.Start();
        await PublishAsync(broker, publishes: 5, gets: 2);
        await Eventually.Holds(
            () =>
            {
                listener.RecordObservableInstruments();
                return Task.FromResult(values);
            },
            now => now["haremq.connection.count"] == 0 && now["haremq.connection.closed"] == 1, "the end of the connection");

        (string Name, long Value)[] expected =
        [
            ("haremq.message.published", 5), ("haremq.message.routed", 5), ("haremq.message.confirmed", 5), ("haremq.message.returned", 0),
            ("haremq.message.dropped", 0), ("haremq.message.delivered", 2), ("haremq.message.redelivered", 0), ("haremq.message.acked", 1),
            ("haremq.message.dead_lettered expired", 0), ("haremq.queue.messages ready", 3), ("haremq.queue.messages unacked", 0),
            ("haremq.queue.size ready", 30), ("haremq.queue.count", 1), ("haremq.channel.count", 0), ("haremq.consumer.count", 0),
            ("haremq.connection.opened", 1), ("haremq.connection.logins amqp succeeded", 1), ("haremq.connection.logins amqp failed", 0),
            ("haremq.alarm.count", 0),
        ];
        Assert.Equal(expected, expected.Select(pair => (pair.Name, values[pair.Name])));
        Assert.True(values["haremq.memory.usage"] > 0 && values["haremq.memory.limit"] > 0 && values["haremq.disk.free"] > 0);
    }

    [Fact]
    public async Task OpenTelemetry_exports_them_with_units_and_the_nodes_name()
    {
        var node = $"hare@{Guid.NewGuid():N}";
        await using var broker = await StartAsync(node);
        var exporter = new ListExporter(node);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("HareMQ")
            .AddReader(new BaseExportingMetricReader(exporter))
            .Build();
        await PublishAsync(broker, publishes: 3, gets: 1);
        await Eventually.Holds(
            () =>
            {
                provider.ForceFlush();
                return Task.FromResult(exporter.Exported);
            },
            exported => exported.Contains("haremq.message.published {message} 3"), "three publishes");
        provider.ForceFlush();
        Assert.Contains("haremq.message.delivered {message} 1", exporter.Exported);
        Assert.Contains("haremq.queue.messages {message} 2 ready", exporter.Exported);
        Assert.Contains("haremq.queue.size By 20 ready", exporter.Exported);
    }

    private static Task<HareBroker> StartAsync(string node) => HareBroker.StartAsync(options =>
    {
        options.Port = 0;
        options.NodeName = node;
    });

    private static async Task PublishAsync(HareBroker broker, int publishes, int gets)
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync("q", durable: false, exclusive: false, autoDelete: false);
        for (var i = 0; i < publishes; i++) await channel.BasicPublishAsync("", "q", new byte[10]);
        for (var i = 0; i < gets; i++)
        {
            var message = await channel.BasicGetAsync("q", autoAck: i > 0);
            if (i == 0) await channel.BasicAckAsync(message!.DeliveryTag, multiple: false);
        }
    }

    private static bool IsOf(IEnumerable<KeyValuePair<string, object?>>? tags, string node) =>
        tags?.Any(tag => tag.Key == "haremq.node.name" && Equals(tag.Value, node)) ?? false;

    private static string Key(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags) name += $" {tag.Value}";
        return name;
    }

    private sealed class ListExporter(string node) : BaseExporter<Metric>
    {
        public HashSet<string> Exported { get; } = new(StringComparer.Ordinal);

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                if (!IsOf(metric.MeterTags, node)) continue;
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    var words = new List<string> { metric.Name, metric.Unit, $"{point.GetSumLong()}" };
                    foreach (var tag in point.Tags) words.Add($"{tag.Value}");
                    Exported.Add(string.Join(' ', words));
                }
            }

            return ExportResult.Success;
        }
    }
}
