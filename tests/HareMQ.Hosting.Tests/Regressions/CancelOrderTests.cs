using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Regressions;

/// <summary>basic.cancel from the broker, beside what the client itself does at that time.</summary>
public sealed class CancelOrderTests
{
    private const int Rounds = 200;

    [Fact]
    public async Task Delete_ok_comes_before_the_cancel_of_a_consumer_on_the_same_channel()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var client = await WireClient.OpenAsync(broker.Uri);
        await client.OpenChannelAsync(1);
        for (var round = 0; round < Rounds; round++)
        {
            await client.DeclareAsync(1, "q");
            await client.ConsumeAsync(1, "q", "x");
            await client.SendAsync(Requests.Delete(1, "q"));
            await client.ExpectAsync(MethodId.QueueDeleteOk, 1);
            var cancel = await client.ExpectAsync(MethodId.BasicCancel, 1);
            Assert.Equal("x", cancel.Arguments().ShortString());
        }
    }

    [Fact]
    public async Task Tag_taken_over_by_another_queue_survives_the_end_of_the_first_queue()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var client = await WireClient.OpenAsync(broker.Uri);
        await using var other = await WireClient.OpenAsync(broker.Uri);
        await client.OpenChannelAsync(1);
        await other.OpenChannelAsync(1);
        await client.DeclareAsync(1, "second");
        for (var round = 0; round < Rounds; round++)
        {
            await client.DeclareAsync(1, "first");
            await client.ConsumeAsync(1, "first", "x");
            await Task.WhenAll(
                other.SendAsync(Requests.Delete(1, "first")),
                client.SendAsync(Requests.Cancel(1, "x"), WireClient.Consume(1, "second", "x", noAck: true)));
            await other.ExpectAsync(MethodId.QueueDeleteOk, 1);
            // The broker's own cancel may have been faster than the client's; after cancel-ok there is none.
            var answer = (await client.ReadFrameAsync())!;
            if (answer.MethodId == MethodId.BasicCancel) answer = (await client.ReadFrameAsync())!;
            Assert.Equal(MethodId.BasicCancelOk, answer.MethodId);
            await client.ExpectAsync(MethodId.BasicConsumeOk, 1);

            await other.SendAsync(WireClient.Publish(1, "", "second", [1]));
            Assert.Equal("x", (await client.ExpectContentAsync(MethodId.BasicDeliver, 1)).Method.ReadDelivery().ConsumerTag);
            await client.SendAsync(Requests.Cancel(1, "x"));
            await client.ExpectAsync(MethodId.BasicCancelOk, 1);
        }
    }
}
