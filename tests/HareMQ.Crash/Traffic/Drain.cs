using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Crash.Traffic;

/// <summary>Takes all that is left in a queue, by one consumer, up to a last message that it publishes itself.</summary>
internal static class Drain
{
    private const int Consumer = -1;
    private const int AckEvery = 100;

    public static async Task RunAsync(Uri uri, Ledger all, int? bodyBytes = null)
    {
        await using var connection = await Client.ConnectAsync(uri, "drain");
        foreach (var queue in all.Queues) await RunAsync(connection, all, queue, bodyBytes);
        await connection.CloseAsync();
    }

    private static async Task RunAsync(IConnection connection, Ledger all, QueueLedger queue, int? bodyBytes)
    {
        var last = all.AddPublisher(queue);
        await using (var publishing = await connection.OpenTrackingChannelAsync())
        {
            await publishing.BasicPublishAsync(
                "", queue.Name, mandatory: true, new BasicProperties { Persistent = true }, MessageBody.Create(last.Next(), bodyBytes));
            last.Confirm(1, multiple: false);
        }

        await using var channel = await connection.CreateChannelAsync();
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            drained.TrySetException(new BrokenPromiseException($"{queue.Name} could not be drained: {reason}"));
            return Task.CompletedTask;
        };
        await channel.BasicQosAsync(0, 1000, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        var count = 0;
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            if (!MessageBody.TryRead(delivery.Body.Span, bodyBytes, out var id))
            {
                all.Report($"{queue.Name}: a body of {delivery.Body.Length} bytes, said to be {id}, is corrupt");
                return;
            }

            queue.Receive(id, Consumer, delivery.Redelivered, all.Generation);
            queue.Acknowledge(id);
            var isLast = id.Publisher == last.Id;
            if (isLast || ++count % AckEvery == 0) await channel.BasicAckAsync(delivery.DeliveryTag, multiple: true);
            if (isLast) drained.TrySetResult();
        };
        var tag = await channel.BasicConsumeAsync(queue.Name, autoAck: false, consumer);
        await drained.Task.WaitAsync(BrokerProcess.Patience);
        await channel.BasicCancelAsync(tag);
        var left = await channel.QueueDeclarePassiveAsync(queue.Name);
        if (left.MessageCount != 0) all.Report($"{queue.Name} was drained and counts {left.MessageCount} messages");
    }
}
