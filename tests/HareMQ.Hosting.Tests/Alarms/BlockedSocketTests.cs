using HareMQ.Broker.Alarms;
using HareMQ.Hosting.Tests.Regressions;
using HareMQ.Testing;
using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Alarms;

/// <summary>A blocked connection's socket is not read, and still its end does not go unnoticed.</summary>
public sealed class BlockedSocketTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task A_client_that_hangs_up_while_it_is_blocked_lets_go_of_its_messages(int unreadBytes)
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var other = await OpenAsync(broker);
        await other.DeclareAsync(1, "q");
        await other.SendAsync(WireClient.Publish(1, "", "q", "held"u8.ToArray()));
        await Eventually.Equal(1, () => other.CountReadyAsync(1, "q"));
        // Without heartbeats: nothing that the broker sends would find out.
        var client = await OpenAsync(broker);
        await client.ConsumeAsync(1, "q", "c");
        await client.ExpectContentAsync(MethodId.BasicDeliver, 1);
        broker.Resources.SetMemoryWatermark(ResourceLimit.OfMemory(0));
        await client.SendAsync(WireClient.Publish(1, "", "nowhere", [1]));
        await client.ExpectAsync(MethodId.ConnectionBlocked, 0);
        if (unreadBytes > 0) await client.SendAsync(WireClient.Publish(1, "", "nowhere", new byte[unreadBytes]));
        await client.DisposeAsync();
        await Eventually.Equal(1, () => other.CountReadyAsync(1, "q"));
    }

    [Fact]
    public async Task A_silent_blocked_client_outlives_its_heartbeat()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var client = await OpenAsync(broker, new WireHandshake { HeartbeatSeconds = 1 });
        broker.Resources.SetMemoryWatermark(ResourceLimit.OfMemory(0));
        await client.SendAsync(WireClient.Publish(1, "", "nowhere", [1]));
        await client.ExpectAsync(MethodId.ConnectionBlocked, 0);
        // The broker's own heartbeats go on: ten of them take five seconds, more than the client has.
        for (var heartbeats = 0; heartbeats < 10;)
        {
            var frame = await client.ReadFrameAsync();
            Assert.NotNull(frame);
            if (frame.Type == WireFrame.Heartbeat) heartbeats++;
        }

        broker.Resources.SetMemoryWatermark(ResourceLimit.OfMemory(1));
        await client.ExpectAsync(MethodId.ConnectionUnblocked, 0);
        await client.DeclareAsync(1, "q");
    }

    [Fact]
    public async Task A_broker_that_starts_short_of_memory_takes_connections_and_holds_publishers_back()
    {
        await using var broker = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.MemoryHighWatermarkBytes = 0;
        });
        await using var client = await OpenAsync(broker);
        await client.DeclareAsync(1, "q");
        await client.SendAsync(WireClient.Publish(1, "", "q", [1]));
        Assert.Equal("low on memory", (await client.ExpectAsync(MethodId.ConnectionBlocked, 0)).Arguments().ShortString());
    }

    [Fact]
    public async Task A_disk_limit_may_be_a_share_of_the_memory()
    {
        await using var broker = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.TotalMemoryBytes = 1L << 60;
            options.DiskFreeLimit = 1;
        });
        Assert.Equal(1L << 60, broker.Resources.DiskFreeLimitBytes);
        await using var client = await OpenAsync(broker);
        await client.SendAsync(WireClient.Publish(1, "", "nowhere", [1]));
        Assert.Equal("low on disk", (await client.ExpectAsync(MethodId.ConnectionBlocked, 0)).Arguments().ShortString());
    }

    private static async Task<WireClient> OpenAsync(HareBroker broker, WireHandshake? handshake = null)
    {
        var client = await WireClient.OpenAsync(broker.Uri, handshake);
        await client.OpenChannelAsync(1);
        return client;
    }
}
