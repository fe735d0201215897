using System.Net;
using HareMQ.Amqp;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Broker.Scheduling;
using HareMQ.Storage;
using HareMQ.Testing.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Hosting.Tests.Regressions;

/// <summary>Topic permissions hold for each key that a message is routed by.</summary>
public sealed class TopicKeysTests
{
    private const ushort HeadersFlag = 0x2000;

    [Theory]
    [InlineData("CC")]
    [InlineData("BCC")]
    public async Task Keys_in_headers_need_topic_permission_too(string header)
    {
        using var directory = new TemporaryDirectory();
        var store = MessageStore.Open(new StoreOptions { DataDirectory = directory.Path }, NullLogger.Instance);
        await using var core =
            await BrokerCore.OpenAsync(store, new BrokerCoreOptions(), ThreadPoolTurnScheduler.Instance, NullLogger.Instance);
        var options = new AmqpServerOptions { Listeners = [new IPEndPoint(IPAddress.Loopback, 0)] };
        await using var server = new AmqpServer(core, options, TimeProvider.System, NullLogger.Instance);
        server.Listen();
        Assert.True(core.Access.SetTopicPermission("guest", "/", new TopicPermission("amq.topic", "^mine\\.", ".*")));

        await using var client = await WireClient.OpenAsync(new Uri($"amqp://127.0.0.1:{((IPEndPoint)server.EndPoints[0]).Port}"));
        await client.OpenChannelAsync(1);
        await client.SendAsync(PublishTo(header, "mine.too"));
        var queue = await client.DeclareQueueAsync(1);
        await client.SendAsync(PublishTo(header, "yours"));
        var close = await client.ExpectChannelCloseAsync(1);
        Assert.Equal((403, MethodId.BasicPublish), (close.Code, close.Cause));
        Assert.Contains("'yours'", close.Text);
        Assert.NotEmpty(queue);
    }

    private static byte[] PublishTo(string header, string key)
    {
        var keys = new WireWriter().Octet((byte)'S').LongString(key).ToArray();
        return Requests.Publish(1, "amq.topic", "mine.first", [1], properties => properties
            .Short(HeadersFlag)
            .Table(headers => headers.ShortString(header).Octet((byte)'A').LongString(keys)));
    }
}
