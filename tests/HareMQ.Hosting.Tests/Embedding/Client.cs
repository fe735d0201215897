using System.Text;
using RabbitMQ.Client;

namespace HareMQ.Hosting.Tests.Embedding;

/// <summary>The official client, with a connection that does not come back by itself.</summary>
internal sealed class Client : IAsyncDisposable
{
    private Client(IConnection connection, IChannel channel)
    {
        Connection = connection;
        Channel = channel;
    }

    public IConnection Connection { get; }

    /// <summary>With publisher confirms: a publish ends when the broker has confirmed.</summary>
    public IChannel Channel { get; }

    public static async Task<Client> ConnectAsync(Uri uri)
    {
        var factory = new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync();
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        return new Client(connection, await connection.CreateChannelAsync(options));
    }

    public Task DeclareAsync(string queue) => Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);

    public async Task PublishAsync(string queue, string text)
    {
        var properties = new BasicProperties { Persistent = true };
        await Channel.BasicPublishAsync("", queue, mandatory: true, properties, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Null when the queue is empty.</summary>
    public async Task<string?> GetAsync(string queue) =>
        await Channel.BasicGetAsync(queue, autoAck: true) is { } message ? Encoding.UTF8.GetString(message.Body.Span) : null;

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
