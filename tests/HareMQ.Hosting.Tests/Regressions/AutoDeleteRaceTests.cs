using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Regressions;

public sealed class AutoDeleteRaceTests
{
    private const int Connections = 4;
    private const int RoundsPerConnection = 2000;
    private const int RoundsPerWrite = 20;

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
        byte[][] round =
            [WireClient.QueueDeclare(1, "shared", autoDelete: true), WireClient.Consume(1, "shared", "c"), Requests.Cancel(1, "c")];
        byte[][] rounds = [.. Enumerable.Repeat(round, RoundsPerWrite).SelectMany(methods => methods)];
        await using var client = await WireClient.OpenAsync(uri);
        await client.OpenChannelAsync(1);
        for (var done = 0; done < RoundsPerConnection;)
        {
            await client.SendAsync(rounds);
            done += await ReadRoundsAsync(client);
        }
    }

    /// <returns>
    /// How many rounds went well before the write was over, or the queue was gone between declare and consume: that is no error of the
    /// broker's.
    /// </returns>
    private static async Task<int> ReadRoundsAsync(WireClient client)
    {
        for (var done = 0; done < RoundsPerWrite; done++)
        {
            await client.ExpectAsync(MethodId.QueueDeclareOk, 1);
            var answer = (await client.ReadFrameAsync())!;
            if (answer.MethodId == MethodId.ChannelClose)
            {
                Assert.Equal(404, answer.Arguments().Short());
                await client.SendMethodAsync(1, MethodId.ChannelCloseOk);
                await client.OpenChannelAsync(1);
                return done;
            }

            Assert.Equal(MethodId.BasicConsumeOk, answer.MethodId);
            await client.ExpectAsync(MethodId.BasicCancelOk, 1);
        }

        return RoundsPerWrite;
    }
}
