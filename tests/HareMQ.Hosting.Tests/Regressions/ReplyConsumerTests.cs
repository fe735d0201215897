using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Regressions;

/// <summary>Direct reply-to, when the requester no longer listens and the responder knows the way to it.</summary>
public sealed class ReplyConsumerTests
{
    private const string PseudoQueue = "amq.rabbitmq.reply-to";
    private const ushort ReplyToFlag = 0x0200;
    private const int Rounds = 100;
    private const int RepliesPerBurst = 200;

    [Fact]
    public async Task Cancelled_reply_consumer_gets_nothing_after_cancel_ok()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var requester = await WireClient.OpenAsync(broker.Uri);
        await using var responder = await WireClient.OpenAsync(broker.Uri);
        await requester.OpenChannelAsync(1);
        await requester.DeclareAsync(1, "requests");
        await responder.OpenChannelAsync(1);
        await responder.ConsumeAsync(1, "requests", "r", noAck: true);
        for (var round = 0; round < Rounds; round++)
        {
            await requester.ConsumeAsync(1, PseudoQueue, "replies", noAck: true);
            var replyTo = await RequestAsync(requester, responder);
            await responder.SendAsync(WireClient.Publish(1, "", replyTo, [1]));
            await requester.ExpectContentAsync(MethodId.BasicDeliver, 1);

            var burst = responder.SendAsync([.. Enumerable.Repeat(WireClient.Publish(1, "", replyTo, [2]), RepliesPerBurst)]);
            await requester.SendAsync(Requests.Cancel(1, "replies"));
            await ReadToCancelOkAsync(requester);
            await burst;
            await responder.CountReadyAsync(1, "requests");
            // Nothing but the answer comes, though the burst has been routed by now.
            await requester.CountReadyAsync(1, "requests");

            await responder.SendAsync(WireClient.Publish(1, "", replyTo, [3], mandatory: true));
            await responder.ExpectContentAsync(MethodId.BasicReturn, 1);
        }
    }

    /// <returns>The name under which the responder reaches the requester.</returns>
    private static async Task<string> RequestAsync(WireClient requester, WireClient responder)
    {
        await requester.SendAsync(
            Requests.Publish(1, "", "requests", [0], properties => properties.Short(ReplyToFlag).ShortString(PseudoQueue)));
        var request = await responder.ExpectContentAsync(MethodId.BasicDeliver, 1);
        var header = new WireReader(request.Header.AsMemory(12));
        Assert.Equal(ReplyToFlag, header.Short());
        var replyTo = header.ShortString();
        Assert.StartsWith(PseudoQueue + ".", replyTo);
        return replyTo;
    }

    private static async Task ReadToCancelOkAsync(WireClient requester)
    {
        while (true)
        {
            var frame = await requester.ReadFrameAsync() ?? throw new EndOfStreamException("The broker closed the socket.");
            if (!frame.IsMethod) continue;
            if (frame.MethodId == MethodId.BasicCancelOk) return;
            Assert.Equal(MethodId.BasicDeliver, frame.MethodId);
        }
    }
}
