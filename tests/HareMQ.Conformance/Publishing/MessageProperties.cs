using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Publishing;

/// <summary>AMQP 0-9-1 §4.2.6.1: what a publisher says about its message reaches the consumer untouched.</summary>
public abstract class MessageProperties(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Every_property_arrives()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.BasicPublishAsync("", queue, false, new BasicProperties
        {
            ContentType = "text/plain",
            ContentEncoding = "gzip",
            DeliveryMode = DeliveryModes.Persistent,
            Priority = 7,
            CorrelationId = "correlation",
            ReplyTo = "reply",
            Expiration = "600000",
            MessageId = "message",
            Timestamp = new AmqpTimestamp(1_700_000_000),
            Type = "type",
            UserId = "guest",
            AppId = "app",
            ClusterId = "cluster",
        }, "body"u8.ToArray());
        var got = (await channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties;
        Assert.Equal(("text/plain", "gzip", DeliveryModes.Persistent, (byte)7, "correlation", "reply", "600000"),
            (got.ContentType, got.ContentEncoding, got.DeliveryMode, got.Priority, got.CorrelationId, got.ReplyTo, got.Expiration));
        Assert.Equal(("message", 1_700_000_000L, "type", "guest", "app", "cluster"),
            (got.MessageId, got.Timestamp.UnixTime, got.Type, got.UserId, got.AppId, got.ClusterId));
    }

    [Fact]
    public async Task Absent_properties_stay_absent()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextAsync("", queue, "plain");
        var got = (await channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties;
        Assert.False(got.IsContentTypePresent() || got.IsHeadersPresent() || got.IsDeliveryModePresent() || got.IsPriorityPresent()
            || got.IsCorrelationIdPresent() || got.IsMessageIdPresent() || got.IsTimestampPresent() || got.IsExpirationPresent());
    }

    [Fact]
    public async Task Header_values_of_every_type_arrive_with_their_type()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var sent = new Dictionary<string, object?>
        {
            ["string"] = "text",
            ["true"] = true,
            ["false"] = false,
            ["sbyte"] = (sbyte)-8,
            ["byte"] = (byte)200,
            ["short"] = (short)-3000,
            ["ushort"] = (ushort)60000,
            ["int"] = -100_000,
            ["uint"] = 4_000_000_000u,
            ["long"] = -5_000_000_000L,
            ["float"] = 1.5f,
            ["double"] = -2.25,
            ["decimal"] = 12.34m,
            ["bytes"] = new BinaryTableValue([0, 255, 1]),
            ["timestamp"] = new AmqpTimestamp(1_700_000_000),
            ["null"] = null,
            ["array"] = new List<object?> { 1, "two", true },
            ["table"] = new Dictionary<string, object?> { ["inner"] = 3L },
        };
        await channel.BasicPublishAsync("", queue, false, new BasicProperties { Headers = sent }, "body"u8.ToArray());
        var got = (await channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties.Headers!;
        Assert.Equal(sent.Keys.Order(), got.Keys.Order());
        foreach (var (name, value) in sent)
        {
            switch (value)
            {
                case string text:
                    Assert.Equal(text, Encoding.UTF8.GetString(Assert.IsType<byte[]>(got[name])));
                    break;
                case BinaryTableValue bytes:
                    Assert.Equal(bytes.Bytes, Assert.IsType<BinaryTableValue>(got[name]).Bytes);
                    break;
                case List<object?>:
                    Assert.Equal([1, "two"u8.ToArray(), true], Assert.IsType<List<object?>>(got[name]));
                    break;
                case Dictionary<string, object?>:
                    Assert.Equal(3L, Assert.IsType<Dictionary<string, object?>>(got[name])["inner"]);
                    break;
                default:
                    Assert.Equal(value, got[name]);
                    break;
            }
        }
    }

    [Fact]
    public async Task Header_bytes_arrive_in_the_publishers_order()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        var table = new WireWriter().Table(fields => fields
            .StringField("zebra", "1").StringField("ant", "2").ShortString("n").Octet((byte)'I').Long(7).BooleanField("t", true)).ToArray();
        await wire.SendAsync(
            WireClient.PublishMethod(1, "", queue), WireWriter.Header(1, 1, properties => properties.Short(1 << 13).Raw(table)),
            WireWriter.Body(1, "x"u8), WireClient.Get(1, queue, noAck: true));
        var message = await wire.ExpectContentAsync(MethodId.BasicGetOk, 1);
        Assert.Equal(table, message.Header[14..]);
    }
}

public sealed class MessagePropertiesOnRabbitMq(RabbitMqFixture broker) : MessageProperties(broker);

public sealed class MessagePropertiesOnHareMq(HareMqFixture broker) : MessageProperties(broker);
