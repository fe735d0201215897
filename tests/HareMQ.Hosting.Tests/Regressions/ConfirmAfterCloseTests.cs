using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Regressions;

public sealed class ConfirmAfterCloseTests
{
    private const ushort Failing = 1;
    private const ushort Control = 2;
    private const ushort DeliveryModeFlag = 0x1000;
    private const int Rounds = 200;
    private const int PublishesPerRound = 10;

    [Fact]
    public async Task No_confirm_follows_the_close_of_its_channel()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var client = await WireClient.OpenAsync(broker.Uri);
        await client.OpenChannelAsync(Control);
        await client.DeclareAsync(Control, "q", durable: true);
        await client.SendAsync(Requests.SelectConfirms(Control));
        await client.ExpectAsync(MethodId.ConfirmSelectOk, Control);
        for (var round = 0; round < Rounds; round++)
        {
            await client.OpenChannelAsync(Failing);
            await client.SendAsync(Requests.SelectConfirms(Failing));
            await client.ExpectAsync(MethodId.ConfirmSelectOk, Failing);
            await client.SendAsync(
                [.. Enumerable.Repeat(PublishPersistent(Failing), PublishesPerRound), Requests.Ack(Failing, tag: 1)]);
            await ReadToCloseAsync(client);

            // Synced after the others, so the next frame would be one of their confirms.
            await client.SendAsync(PublishPersistent(Control));
            await client.ExpectAsync(MethodId.BasicAck, Control);
            await client.SendMethodAsync(Failing, MethodId.ChannelCloseOk);
        }

        Assert.Equal(Rounds * (PublishesPerRound + 1), await client.CountReadyAsync(Control, "q"));
    }

    private static byte[] PublishPersistent(ushort channel) =>
        Requests.Publish(channel, "", "q", [1], properties => properties.Short(DeliveryModeFlag).Octet(2));

    private static async Task ReadToCloseAsync(WireClient client)
    {
        while (true)
        {
            var frame = await client.ReadFrameAsync() ?? throw new EndOfStreamException("The broker closed the socket.");
            Assert.Equal(Failing, frame.Channel);
            if (frame.MethodId == MethodId.BasicAck) continue;
            Assert.Equal(MethodId.ChannelClose, frame.MethodId);
            Assert.Equal(406, frame.Arguments().Short());
            return;
        }
    }
}
