using System.Threading.Channels;
using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Crash.Traffic;

/// <summary>Drains a queue as fast as it can, acknowledging some at a time, and says when the first acks were answered.</summary>
internal sealed class BulkConsumer(QueueLedger queue, Ledger all, int bodyBytes, int acksEvery)
{
    private const int Number = 0;

    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task FirstAnswer => _answered.Task;

    public async Task RunAsync(Life life)
    {
        var connection = await Client.ConnectAsync(life.Uri, "bulk consumer");
        try
        {
            var channel = await connection.CreateChannelAsync();
            await channel.BasicQosAsync(0, (ushort)(2 * acksEvery), global: false);
            var received = Channel.CreateUnbounded<Processed>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                OnDelivery(delivery, received.Writer, life);
                return Task.CompletedTask;
            };
            await channel.BasicConsumeAsync(queue.Name, autoAck: false, consumer);
            await AcknowledgeAsync(channel, received.Reader, life);
        }
        finally
        {
            await connection.AbandonAsync();
        }
    }

    private void OnDelivery(BasicDeliverEventArgs delivery, ChannelWriter<Processed> received, Life life)
    {
        if (!MessageBody.TryRead(delivery.Body.Span, bodyBytes, out var id))
        {
            all.Report($"{queue.Name}: a body of {delivery.Body.Length} bytes, said to be {id}, is corrupt");
            return;
        }

        if (!queue.Receive(id, Number, delivery.Redelivered, life.Generation)) return;
        received.TryWrite(new Processed(id, delivery.DeliveryTag));
    }

    private async Task AcknowledgeAsync(IChannel channel, ChannelReader<Processed> received, Life life)
    {
        var acknowledged = new List<MessageId>();
        while (true)
        {
            acknowledged.Clear();
            ulong last = 0;
            while (acknowledged.Count < acksEvery)
            {
                var next = await received.ReadAsync(life.Ended);
                queue.Acknowledge(next.Id);
                acknowledged.Add(next.Id);
                last = next.DeliveryTag;
            }

            await channel.BasicAckAsync(last, multiple: true);
            await channel.QueueDeclarePassiveAsync(queue.Name);
            queue.Answered(acknowledged, life.Generation);
            _answered.TrySetResult();
        }
    }
}
