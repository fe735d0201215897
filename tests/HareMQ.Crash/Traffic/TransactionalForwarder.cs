using System.Threading.Channels;
using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Crash.Traffic;

/// <summary>Takes messages, publishes one for each and acknowledges, some at a time in one transaction.</summary>
internal sealed class TransactionalForwarder(QueueLedger from, PublisherLedger to, Ledger all, int seed)
{
    private const int Number = 0;
    private static readonly BasicProperties s_persistent = new() { Persistent = true };

    private readonly Random _random = new(seed);

    public int CommitCount { get; private set; }

    public async Task RunAsync(Life life)
    {
        var connection = await Client.ConnectAsync(life.Uri, "forwarder");
        try
        {
            to.StartAfresh();
            var channel = await connection.CreateChannelAsync();
            await channel.TxSelectAsync();
            await channel.BasicQosAsync(0, 50, global: false);
            var received = Channel.CreateUnbounded<Processed>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                if (!MessageBody.TryRead(delivery.Body.Span, bytes: null, out var id))
                    all.Report($"{from.Name}: a body of {delivery.Body.Length} bytes, said to be {id}, is corrupt");
                else if (from.Receive(id, Number, delivery.Redelivered, life.Generation))
                    received.Writer.TryWrite(new Processed(id, delivery.DeliveryTag));
                return Task.CompletedTask;
            };
            await channel.BasicConsumeAsync(from.Name, autoAck: false, consumer);
            while (true) await ForwardAsync(channel, received.Reader, life);
        }
        finally
        {
            await connection.AbandonAsync();
        }
    }

    private async Task ForwardAsync(IChannel channel, ChannelReader<Processed> received, Life life)
    {
        var taken = new List<MessageId>();
        var sent = new List<long>();
        for (var count = _random.Next(1, 10); count > 0; count--)
        {
            var next = await received.ReadAsync(life.Ended);
            var id = to.Next();
            await channel.BasicPublishAsync("", to.Targets[0].Name, mandatory: false, s_persistent, MessageBody.Create(id));
            from.Acknowledge(next.Id);
            await channel.BasicAckAsync(next.DeliveryTag, multiple: false);
            taken.Add(next.Id);
            sent.Add(id.Sequence);
        }

        await channel.TxCommitAsync();
        CommitCount++;
        from.Answered(taken, life.Generation);
        foreach (var sequence in sent) to.Confirm(sequence, multiple: false);
    }
}
