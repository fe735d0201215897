using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Regressions;

/// <summary>basic.qos with global = true, when one read settles deliveries of several channels.</summary>
public sealed class SharedPrefetchTests
{
    private const int Messages = 200;

    [Fact]
    public async Task Acks_of_two_channels_in_one_write_give_each_channel_its_own_credit_back()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var client = await WireClient.OpenAsync(broker.Uri);
        const ushort Control = 3;
        await client.OpenChannelAsync(Control);
        await client.DeclareAsync(Control, "q");
        await client.SendAsync([.. Enumerable.Range(0, Messages).Select(_ => WireClient.Publish(Control, "", "q", [1]))]);
        Assert.Equal(Messages, await client.CountReadyAsync(Control, "q"));

        var first = await StartAsync(client, channel: 1);
        var second = await StartAsync(client, channel: 2);
        for (var ready = Messages - 2; ready > 0; ready -= 2)
        {
            // Also that nothing else has been delivered: the answer would not be the next frame.
            Assert.Equal(ready, await client.CountReadyAsync(Control, "q"));
            await client.SendAsync(Requests.Ack(1, first), Requests.Ack(2, second));
            (first, second) = await ReadOneOnEachAsync(client);
        }

        await client.SendAsync(Requests.Ack(1, first), Requests.Ack(2, second));
        Assert.Equal(0, await client.CountReadyAsync(Control, "q"));
    }

    private static async Task<ulong> StartAsync(WireClient client, ushort channel)
    {
        await client.OpenChannelAsync(channel);
        await client.SendAsync(Requests.SharedPrefetch(channel, 1));
        await client.ExpectAsync(MethodId.BasicQosOk, channel);
        await client.ConsumeAsync(channel, "q", "c");
        return (await client.ExpectContentAsync(MethodId.BasicDeliver, channel)).Method.ReadDelivery().DeliveryTag;
    }

    private static async Task<(ulong First, ulong Second)> ReadOneOnEachAsync(WireClient client)
    {
        var tags = new ulong[3];
        for (var i = 0; i < 2; i++)
        {
            var method = await client.ExpectAsync(MethodId.BasicDeliver);
            Assert.Equal(0ul, tags[method.Channel]);
            tags[method.Channel] = method.ReadDelivery().DeliveryTag;
            Assert.Equal(WireFrame.Header, (await client.ReadFrameAsync())!.Type);
            Assert.Equal(WireFrame.Body, (await client.ReadFrameAsync())!.Type);
        }

        return (tags[1], tags[2]);
    }
}
