using System.Text;
using HareMQ.Hosting;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Embedded;

/// <summary>Sends a greeting every second, and prints what arrives.</summary>
internal sealed class Worker(IHareBroker broker) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var factory = new ConnectionFactory { Uri = await broker.GetUriAsync(stoppingToken) };
        await using var connection = await factory.CreateConnectionAsync(stoppingToken);
        var confirmed = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await connection.CreateChannelAsync(confirmed, stoppingToken);
        await channel.QueueDeclareAsync("greetings", durable: true, exclusive: false, autoDelete: false, cancellationToken: stoppingToken);

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            Console.WriteLine(Encoding.UTF8.GetString(delivery.Body.Span));
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, stoppingToken);
        };
        await channel.BasicConsumeAsync("greetings", autoAck: false, consumer, stoppingToken);

        var persistent = new BasicProperties { Persistent = true };
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 1; !stoppingToken.IsCancellationRequested; i++)
        {
            // Completes when the broker has the message on disk.
            await channel.BasicPublishAsync("", "greetings", mandatory: true, persistent, Encoding.UTF8.GetBytes($"hello {i}"), stoppingToken);
            await timer.WaitForNextTickAsync(stoppingToken);
        }
    }
}
