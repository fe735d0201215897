using HareMQ.Hosting.Tests.Regressions;
using HareMQ.Testing;
using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Memory;

/// <summary>A small request can have a large answer. What a client leaves unread costs a few messages, not all of them.</summary>
[Collection(MemoryCollection.Name)]
public sealed class OutboundMemoryTests
{
    private const long MiB = 1024 * 1024;

    /// <summary>Polls in a row without growth after which the broker has done what it will do.</summary>
    private const int PollsUntilSettled = 50;

    [Fact]
    public async Task Gets_of_one_large_message_are_answered_no_faster_than_they_are_read()
    {
        const int Gets = 300;
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var other = await OpenAsync(broker.Uri);
        await PublishAsync(other, count: 1, bodyBytes: 4 * MiB);
        await using var silent = await OpenAsync(broker.Uri);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await silent.SendAsync([.. Enumerable.Repeat<byte[]>([.. WireClient.Get(1, "q"), .. Requests.Recover(1)], Gets)]);
        await AssertGrowsByLessThanAsync(64 * MiB, before);
        await AssertServesAsync(other);
        // Nor was anything left out: all of it comes once it is read.
        for (var i = 0; i < Gets; i++)
        {
            var answer = await silent.ExpectContentAsync(MethodId.BasicGetOk, 1);
            Assert.Equal(4 * MiB, answer.Body.Length);
            await silent.ExpectAsync(MethodId.BasicRecoverOk, 1);
        }
    }

    [Fact]
    public async Task Many_consumers_of_one_connection_share_what_may_be_on_its_way()
    {
        const int Consumers = 40;
        const int Messages = 20;
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var other = await OpenAsync(broker.Uri);
        await PublishAsync(other, Messages, bodyBytes: 8 * MiB);
        await using var silent = await OpenAsync(broker.Uri);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await silent.SendAsync(
            [.. Enumerable.Range(0, Consumers).Select(number => WireClient.Consume(1, "q", $"c{number}", noWait: true))]);
        await Eventually.Holds(() => other.CountReadyAsync(1, "q"), ready => ready < Messages, "a delivery");
        await AssertGrowsByLessThanAsync(64 * MiB, before);
        await AssertServesAsync(other);
        for (var i = 0; i < Messages; i++)
            Assert.Equal(8 * MiB, (await silent.ExpectContentAsync(MethodId.BasicDeliver, 1)).Body.Length);
    }

    private static async Task<WireClient> OpenAsync(Uri uri)
    {
        var client = await WireClient.OpenAsync(uri);
        await client.OpenChannelAsync(1);
        return client;
    }

    private static async Task PublishAsync(WireClient client, int count, long bodyBytes)
    {
        await client.DeclareAsync(1, "q");
        var publish = Requests.PublishLarge(1, "q", new byte[bodyBytes]);
        for (var i = 1; i <= count; i++)
        {
            await client.SendAsync(publish);
            Assert.Equal(i, await client.CountReadyAsync(1, "q"));
        }
    }

    private static async Task AssertGrowsByLessThanAsync(long limitBytes, long before)
    {
        long highest = 0;
        var withoutGrowth = 0;
        await Eventually.Holds(
            () =>
            {
                // What is pooled counts, what is garbage does not.
                var now = GC.GetTotalMemory(forceFullCollection: true) - before;
                withoutGrowth = now > highest ? 0 : withoutGrowth + 1;
                highest = Math.Max(highest, now);
                return Task.FromResult(highest);
            },
            _ => withoutGrowth == PollsUntilSettled || highest >= limitBytes,
            "the broker to settle");
        Assert.InRange(highest, 0, limitBytes - 1);
        TestContext.Current.SendDiagnosticMessage("grown by {0:N0} bytes", highest);
    }

    private static async Task AssertServesAsync(WireClient other)
    {
        await other.DeclareAsync(1, "mine");
        await other.SendAsync(WireClient.Publish(1, "", "mine", [7]));
        await other.SendAsync(WireClient.Get(1, "mine", noAck: true));
        Assert.Equal([7], (await other.ExpectContentAsync(MethodId.BasicGetOk, 1)).Body);
    }
}
