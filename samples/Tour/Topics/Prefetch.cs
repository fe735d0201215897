using System.Threading.Channels;
using RabbitMQ.Client.Events;

namespace Tour.Topics;

/// <summary>
/// Without a limit the broker sends a consumer all it has. Prefetch bounds the unacknowledged deliveries, so work is spread fairly over
/// consumers and none drowns.
/// </summary>
internal static class Prefetch
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        for (var n = 1; n <= 10; n++) await channel.SendAsync("", queue, $"job {n}");

        // global: false is per consumer started from now on; true would be one limit for the whole channel.
        await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 3, global: false);
        var deliveries = Channel.CreateUnbounded<ulong>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) => await deliveries.Writer.WriteAsync(delivery.DeliveryTag);
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);

        for (var n = 1; n <= 3; n++) await deliveries.Reader.ReadAsync();
        guide.Expect("three jobs are out, still in the queue", 7u, await channel.MessageCountAsync(queue));

        // multiple: true acknowledges everything up to the tag, so two more may come.
        await channel.BasicAckAsync(deliveryTag: 2, multiple: true);
        for (var n = 4; n <= 5; n++) await deliveries.Reader.ReadAsync();
        guide.Expect("after two acks, still in the queue", 5u, await channel.MessageCountAsync(queue));
    }
}
