using System.Collections.Concurrent;
using HareMQ.Conformance.Harness;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.V6;

/// <summary>What applications on version 6 of the .NET client do every day.</summary>
public abstract class BlockingClient(BrokerFixture broker) : ClientV6Test(broker)
{
    [Fact]
    public void Connection_opens_and_closes()
    {
        var connection = Connect();
        Assert.True(connection.IsOpen);
        Assert.True(connection.ServerProperties.ContainsKey("product"));
        Assert.Equal((2047, 131072u), (connection.ChannelMax, connection.FrameMax));
        connection.Close();
        Assert.Equal(200, connection.CloseReason.ReplyCode);
    }

    [Theory]
    [InlineData(ExchangeType.Direct)]
    [InlineData(ExchangeType.Fanout)]
    [InlineData(ExchangeType.Topic)]
    [InlineData(ExchangeType.Headers)]
    public void Exchange_queue_and_binding_are_declared_used_and_deleted(string type)
    {
        var channel = OpenChannel();
        var exchange = $"v6-{Guid.NewGuid():N}";
        channel.ExchangeDeclare(exchange, type, durable: false, autoDelete: true);
        var queue = DeclareQueue(channel);
        channel.QueueBind(queue, exchange, "key");
        channel.BasicPublish(exchange, "key", basicProperties: null, "hello"u8.ToArray());
        Assert.Equal("hello", Take(channel, queue));
        channel.QueueUnbind(queue, exchange, "key", arguments: null);
        Assert.Equal(0u, channel.QueueDelete(queue));
        var gone = Assert.Throws<OperationInterruptedException>(() => channel.ExchangeDeclarePassive(exchange));
        Assert.Equal(404, gone.ShutdownReason.ReplyCode);
    }

    [Fact]
    public void Properties_and_headers_travel_with_the_message()
    {
        var channel = OpenChannel();
        var queue = DeclareQueue(channel);
        var properties = channel.CreateBasicProperties();
        properties.Persistent = true;
        properties.ContentType = "application/json";
        properties.CorrelationId = "42";
        properties.Headers = new Dictionary<string, object> { ["attempt"] = 3, ["origin"] = "test" };
        channel.BasicPublish("", queue, properties, "{}"u8.ToArray());
        var got = channel.BasicGet(queue, autoAck: true).BasicProperties;
        Assert.Equal((true, "application/json", "42"), (got.Persistent, got.ContentType, got.CorrelationId));
        Assert.Equal(3, got.Headers["attempt"]);
        Assert.Equal("test"u8.ToArray(), got.Headers["origin"]);
    }

    [Fact]
    public void Confirms_are_waited_for()
    {
        var channel = OpenChannel();
        var queue = DeclareQueue(channel);
        channel.ConfirmSelect();
        for (var n = 0; n < 100; n++) Publish(channel, queue, $"{n}");
        Assert.Equal(101ul, channel.NextPublishSeqNo);
        Assert.True(channel.WaitForConfirms(Eventually.Deadline));
        Assert.Equal(100u, channel.MessageCount(queue));
    }

    [Fact]
    public void Confirms_arrive_as_events()
    {
        var channel = OpenChannel();
        var queue = DeclareQueue(channel);
        using var outstanding = new CountdownEvent(50);
        ulong confirmed = 0;
        channel.BasicAcks += (_, ack) =>
        {
            outstanding.Signal((int)(ack.DeliveryTag - confirmed));
            confirmed = ack.DeliveryTag;
        };
        channel.ConfirmSelect();
        for (var n = 0; n < 50; n++) Publish(channel, queue, $"{n}");
        Assert.True(outstanding.Wait(Eventually.Deadline));
    }

    [Fact]
    public void Message_refused_by_a_full_queue_is_nacked()
    {
        var channel = OpenChannel();
        var queue = channel.QueueDeclare("", durable: false, exclusive: true, autoDelete: true,
            new Dictionary<string, object> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }).QueueName;
        channel.ConfirmSelect();
        Publish(channel, queue, "fits");
        Assert.True(channel.WaitForConfirms(Eventually.Deadline));
        Publish(channel, queue, "refused");
        Assert.False(channel.WaitForConfirms(Eventually.Deadline));
    }

    [Fact]
    public void Unroutable_mandatory_message_is_returned()
    {
        var channel = OpenChannel();
        using var returned = new BlockingCollection<(ushort Code, string Text, string Key, string Body)>();
        channel.BasicReturn += (_, message) =>
            returned.Add((message.ReplyCode, message.ReplyText, message.RoutingKey, Text(message.Body)));
        Publish(channel, "nowhere", "back", mandatory: true);
        Assert.True(returned.TryTake(out var got, Eventually.Deadline));
        Assert.Equal((312, "NO_ROUTE", "nowhere", "back"), got);
    }

    [Fact]
    public void Event_consumer_receives_within_its_prefetch()
    {
        var channel = OpenChannel();
        var queue = DeclareQueue(channel);
        for (var n = 0; n < 10; n++) Publish(channel, queue, $"{n}");
        using var received = new BlockingCollection<(ulong Tag, string Text)>();
        var consumer = new EventingBasicConsumer(channel);
        consumer.Received += (_, delivery) => received.Add((delivery.DeliveryTag, Text(delivery.Body)));
        channel.BasicQos(0, 3, global: false);
        channel.BasicConsume(queue, autoAck: false, consumer);
        for (var n = 0; n < 10; n++)
        {
            Assert.True(received.TryTake(out var delivery, Eventually.Deadline));
            Assert.Equal($"{n}", delivery.Text);
            // The client hands over deliveries on a thread of its own; what the broker still holds shows the limit exactly.
            if (n == 0) Assert.Equal(7u, channel.MessageCount(queue));
            channel.BasicAck(delivery.Tag, multiple: false);
        }
        Assert.Equal(0u, channel.MessageCount(queue));
    }

    [Fact]
    public void Async_consumer_receives_and_acks_in_its_handler()
    {
        var channel = OpenChannel(asyncConsumers: true);
        var queue = DeclareQueue(channel);
        using var received = new CountdownEvent(20);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.Received += async (_, delivery) =>
        {
            await Task.Yield();
            channel.BasicAck(delivery.DeliveryTag, multiple: false);
            received.Signal();
        };
        channel.BasicQos(0, 5, global: false);
        channel.BasicConsume(queue, autoAck: false, consumer);
        for (var n = 0; n < 20; n++) Publish(channel, queue, $"{n}");
        Assert.True(received.Wait(Eventually.Deadline));
        Assert.Equal(0u, channel.MessageCount(queue));
    }

    [Fact]
    public void Nacked_message_comes_again_as_redelivered()
    {
        var channel = OpenChannel();
        var queue = DeclareQueue(channel);
        Publish(channel, queue, "again");
        channel.BasicNack(channel.BasicGet(queue, autoAck: false).DeliveryTag, multiple: false, requeue: true);
        var second = channel.BasicGet(queue, autoAck: false);
        Assert.Equal(("again", true), (Text(second.Body), second.Redelivered));
        channel.BasicReject(second.DeliveryTag, requeue: false);
        Assert.Null(channel.BasicGet(queue, autoAck: true));
    }

    [Fact]
    public void Get_counts_what_is_left()
    {
        var channel = OpenChannel();
        var queue = DeclareQueue(channel);
        Publish(channel, queue, "one");
        Publish(channel, queue, "two");
        Assert.Equal(1u, channel.BasicGet(queue, autoAck: true).MessageCount);
        Assert.Equal(0u, channel.BasicGet(queue, autoAck: true).MessageCount);
        Assert.Null(channel.BasicGet(queue, autoAck: true));
    }

    [Fact]
    public void Transaction_commits_and_rolls_back()
    {
        var channel = OpenChannel();
        var queue = DeclareQueue(channel);
        channel.TxSelect();
        Publish(channel, queue, "rolled back");
        channel.TxRollback();
        Publish(channel, queue, "committed");
        Assert.Equal(0u, channel.MessageCount(queue));
        channel.TxCommit();
        Assert.Equal("committed", Take(channel, queue));
    }

    [Fact]
    public void Error_closes_its_channel_and_leaves_the_connection()
    {
        var connection = Connect();
        var channel = connection.CreateModel();
        var exception = Assert.Throws<OperationInterruptedException>(() => channel.QueueDeclarePassive("missing"));
        Assert.Equal((404, "NOT_FOUND - no queue 'missing' in vhost '/'"),
            (exception.ShutdownReason.ReplyCode, exception.ShutdownReason.ReplyText));
        Assert.False(channel.IsOpen);
        Assert.True(connection.IsOpen);
        Assert.NotEmpty(DeclareQueue(connection.CreateModel()));
    }

    [Fact]
    public void Wrong_password_is_an_authentication_failure()
    {
        var endpoint = Connect().Endpoint;
        var factory = new ConnectionFactory { HostName = endpoint.HostName, Port = endpoint.Port, UserName = "guest", Password = "wrong" };
        var exception = Assert.Throws<BrokerUnreachableException>(() => factory.CreateConnection());
        Assert.IsType<AuthenticationFailureException>(exception.InnerException);
    }
}

public sealed class BlockingClientOnRabbitMq(RabbitMqFixture broker) : BlockingClient(broker);

public sealed class BlockingClientOnHareMq(HareMqFixture broker) : BlockingClient(broker);
