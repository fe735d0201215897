using HareMQ.Hosting;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>How much of the past is kept and shown.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task Without_rates_lengths_are_all_that_is_shown()
    {
        await using var broker = await ManagementBroker.StartAsync(options => options.Management.RatesMode = HareRatesMode.None);
        await PublishAsync(broker, "q");
        var queue = (await broker.Http.ReadAsync("queues/%2F/q")).AsObject();
        Assert.Equal(1, queue["messages"]!.GetValue<int>());
        Assert.DoesNotContain(queue, pair => pair.Key.EndsWith("_details", StringComparison.Ordinal) && pair.Key != "consumer_details");
        Assert.False(queue.ContainsKey("message_stats"));
        var overview = await broker.Http.ReadAsync("overview");
        Assert.Equal("none", overview["rates_mode"]!.GetValue<string>());
        Assert.Empty(overview["message_stats"]!.AsObject());
        Assert.Equal("""{"messages":1,"messages_ready":1,"messages_unacknowledged":0}""", overview["queue_totals"]!.ToJsonString());
        Assert.Equal("none", (await broker.Http.ReadAsync($"nodes/{ManagementBroker.NodeName}"))["rates_mode"]!.GetValue<string>());
        var connection = (await broker.Http.ReadAsync("connections"))[0]!.AsObject();
        Assert.True(connection["recv_oct"]!.GetValue<long>() > 0);
        Assert.False(connection.ContainsKey("recv_oct_details"));
    }

    [Fact]
    public async Task Samples_reach_back_as_far_as_the_configuration_says()
    {
        await using var broker = await ManagementBroker.StartAsync(options =>
        {
            options.Management.RatesMode = HareRatesMode.Detailed;
            options.Management.GlobalSamples = Every((TimeSpan.FromMinutes(1), 5), (TimeSpan.FromDays(2), 1200));
            options.Management.BasicSamples = Every((TimeSpan.FromHours(1), 60));
        });
        var overview = await broker.Http.ReadAsync("overview");
        Assert.Equal("detailed", overview["rates_mode"]!.GetValue<string>());
        Assert.Equal(
            """{"global":[60,172800],"basic":[3600],"detailed":[3600]}""", overview["sample_retention_policies"]!.ToJsonString());
        // A day is what may be asked for anyway; here it is two.
        Assert.Equal(145, (await SamplesAsync(broker, "overview?lengths_age=172800&lengths_incr=1200", "queue_totals")));
        Assert.Equal(400, (await broker.Http.GetAsync("overview?lengths_age=259200&lengths_incr=1200")).Status);
    }

    [Fact]
    public async Task A_ring_keeps_so_many_samples_and_no_more()
    {
        var clock = new Clock();
        await using var broker = await ManagementBroker.StartAsync(options =>
        {
            options.TimeProvider = clock;
            options.Management.BasicSamples = Every((TimeSpan.FromSeconds(30), 10));
        });
        await PublishAsync(broker, "q");
        broker.Sample();
        for (var i = 0; i < 20; i++)
        {
            await PublishAsync(broker, "q");
            clock.Ahead += TimeSpan.FromSeconds(10);
            broker.Sample();
        }

        // 21 messages now. What is older than 30 seconds is forgotten: the oldest sample that is known stands for it.
        var lengths = (await broker.Http.ReadAsync("queues/%2F/q?lengths_age=60&lengths_incr=10"))["messages_details"]!["samples"]!
            .AsArray().Select(sample => sample!["sample"]!.GetValue<int>());
        Assert.Equal([21, 20, 19, 18, 18, 18, 18], lengths);
    }

    [Fact]
    public async Task Totals_stay_where_the_configuration_leaves_statistics_out()
    {
        await using var broker = await ManagementBroker.StartAsync(options =>
        {
            options.Management.DisableStatistics = true;
            options.Management.EnableQueueTotals = true;
        });
        await PublishAsync(broker, "q");
        var queue = (await broker.Http.ReadAsync("queues/%2F/q")).AsObject();
        Assert.Equal(1, queue["messages_ready"]!.GetValue<int>());
        Assert.False(queue.ContainsKey("message_stats") || queue.ContainsKey("messages_details"));
        Assert.True((await broker.Http.ReadAsync("overview"))["enable_queue_totals"]!.GetValue<bool>());
    }

    private static Dictionary<TimeSpan, TimeSpan> Every(params (TimeSpan Period, int Seconds)[] tiers) =>
        tiers.ToDictionary(tier => tier.Period, tier => TimeSpan.FromSeconds(tier.Seconds));

    private static async Task<int> SamplesAsync(ManagementBroker broker, string path, string totals) =>
        (await broker.Http.ReadAsync(path))[totals]!["messages_details"]!["samples"]!.AsArray().Count;

    private static async Task PublishAsync(ManagementBroker broker, string queue)
    {
        var connection = await broker.ConnectAsync();
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await connection.CreateChannelAsync(options);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", queue, "x"u8.ToArray());
    }

    /// <summary>The system's, but for what the test adds to the time of day.</summary>
    private sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
