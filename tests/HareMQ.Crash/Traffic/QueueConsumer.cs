using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Crash.Traffic;

/// <summary>
/// Consumes with a prefetch. Most messages it processes: it publishes a report, waits for its confirm and only then acknowledges.
/// A few it hands back.
/// </summary>
internal sealed class QueueConsumer(QueueLedger queue, PublisherLedger reports, Ledger all, int number, int seed)
{
    private const double RequeuedShare = 0.02;
    private const int AcksPerQuestionMax = 512;

    private readonly Random _random = new(seed);

    public async Task RunAsync(Life life)
    {
        var connection = await Client.ConnectAsync(life.Uri, $"consumer {number} of {queue.Name}");
        try
        {
            await ConsumeAsync(connection, life);
        }
        finally
        {
            await connection.AbandonAsync();
        }
    }

    private async Task ConsumeAsync(IConnection connection, Life life)
    {
        var channel = await connection.CreateChannelAsync();
        var processed = new ConfirmedReports(reports, await connection.OpenConfirmingChannelAsync());
        await channel.BasicQosAsync(0, (ushort)_random.Next(1, 200), global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            try
            {
                await OnDeliveryAsync(channel, delivery, processed, life);
            }
            catch (Exception error)
            {
                // The client would swallow it.
                if (life.Ended.IsCancellationRequested && Client.IsLoss(error)) return;
                all.Report($"consumer {number} of {queue.Name} failed: {error}");
            }
        };
        await channel.BasicConsumeAsync(queue.Name, autoAck: false, consumer);
        await AcknowledgeAsync(channel, processed, life);
    }

    private async Task OnDeliveryAsync(IChannel channel, BasicDeliverEventArgs delivery, ConfirmedReports processed, Life life)
    {
        if (!MessageBody.TryRead(delivery.Body.Span, bytes: null, out var id))
        {
            all.Report($"{queue.Name}: a body of {delivery.Body.Length} bytes, said to be {id}, is corrupt");
            return;
        }

        if (!queue.Receive(id, number, delivery.Redelivered, life.Generation)) return;
        if (_random.NextDouble() < RequeuedShare) await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true);
        else await processed.PublishAsync(new Processed(id, delivery.DeliveryTag));
    }

    /// <summary>Acknowledges what is processed, and behind the acks asks something whose answer shows that they were taken.</summary>
    private async Task AcknowledgeAsync(IChannel channel, ConfirmedReports processed, Life life)
    {
        var asked = new List<MessageId>();
        while (await processed.Confirmed.WaitToReadAsync(life.Ended))
        {
            asked.Clear();
            while (asked.Count < AcksPerQuestionMax && processed.Confirmed.TryRead(out var next))
            {
                queue.Acknowledge(next.Id);
                await channel.BasicAckAsync(next.DeliveryTag, multiple: false);
                asked.Add(next.Id);
            }

            await channel.QueueDeclarePassiveAsync(queue.Name);
            queue.Answered(asked, life.Generation);
        }
    }
}
