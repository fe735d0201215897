using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;

namespace HareMQ.Crash.Traffic;

/// <summary>Publishes as fast as its confirms come back, on a channel of its own.</summary>
internal sealed class Publisher(PublisherLedger ledger, Ledger all, string exchange, string routingKey)
{
    private static readonly BasicProperties s_persistent = new() { Persistent = true };

    /// <summary>Stops after so many in one life.</summary>
    public long CountMax { get; init; } = long.MaxValue;

    /// <summary>How many may wait for their confirms.</summary>
    public int Window { get; init; } = 100;

    /// <summary>Null = as <see cref="MessageBody.SizeOf"/> says.</summary>
    public int? BodyBytes { get; init; }

    public async Task RunAsync(Life life)
    {
        var connection = await Client.ConnectAsync(life.Uri, $"publisher {ledger.Id}");
        try
        {
            await PublishAsync(await connection.OpenConfirmingChannelAsync(), life);
        }
        finally
        {
            await connection.AbandonAsync();
        }
    }

    private async Task PublishAsync(IChannel channel, Life life)
    {
        ledger.StartAfresh();
        using var window = new SemaphoreSlim(Window);
        var before = ledger.SentCount;
        channel.BasicAcksAsync += (_, ack) =>
        {
            var confirmed = ledger.Confirm(before + (long)ack.DeliveryTag, ack.Multiple);
            if (confirmed > 0) window.Release(confirmed);
            return Task.CompletedTask;
        };
        channel.BasicNacksAsync += (_, nack) =>
        {
            all.Report($"publisher {ledger.Id}: {before + (long)nack.DeliveryTag} was refused");
            return Task.CompletedTask;
        };
        for (long count = 0; count < CountMax; count++)
        {
            await window.WaitAsync(life.Ended);
            var body = MessageBody.Create(ledger.Next(), BodyBytes);
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: false, s_persistent, body);
        }

        for (var left = 0; left < Window; left++) await window.WaitAsync(life.Ended);
    }
}
