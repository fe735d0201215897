using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Regressions;

public sealed class AutoDeleteRaceTests
{
    private const int Connections = 4;
    private const int RoundsPerConnection = 300;

    [Fact]
    public async Task Last_consumers_that_leave_while_others_come_are_never_refused_and_leave_no_queue()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => ComeAndGoAsync(broker.Uri))));

        await using var client = await WireClient.OpenAsync(broker.Uri);
        await client.OpenChannelAsync(1);
        await client.SendAsync(WireClient.QueueDeclare(1, "shared", passive: true));
        Assert.Equal(404, (await client.ExpectChannelCloseAsync(1)).Code);
    }

    private static async Task ComeAndGoAsync(Uri uri)
    {
        await using var client = await WireClient.OpenAsync(uri);
        await client.OpenChannelAsync(1);
        for (var round = 0; round < RoundsPerConnection;)
        {
            await client.DeclareAsync(1, "shared", autoDelete: true);
            await client.SendAsync(WireClient.Consume(1, "shared", "c"));
            var answer = (await client.ReadFrameAsync())!;
            if (answer.MethodId == MethodId.ChannelClose)
            {
                // Deleted since it was declared, by somebody who left: that is no error of the broker's.
                var arguments = answer.Arguments();
                Assert.Equal(404, arguments.Short());
                await client.SendMethodAsync(1, MethodId.ChannelCloseOk);
                await client.OpenChannelAsync(1);
                continue;
            }

            Assert.Equal(MethodId.BasicConsumeOk, answer.MethodId);
            await client.SendAsync(Requests.Cancel(1, "c"));
            await client.ExpectAsync(MethodId.BasicCancelOk, 1);
            round++;
        }
    }
}
