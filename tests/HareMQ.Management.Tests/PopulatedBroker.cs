using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>
/// One of everything that the API shows, in the virtual host "shown" of a broker of either make: made the same way, so that two of them can be
/// compared. Taken away again when disposed.
/// </summary>
internal sealed class PopulatedBroker : IAsyncDisposable
{
    private readonly IConnection _connection;

    private PopulatedBroker(ApiClient http, IConnection connection, string node)
    {
        Http = http;
        _connection = connection;
        Node = node;
        ConnectionName = $"127.0.0.1:{connection.LocalPort} -> 127.0.0.1:{connection.RemotePort}";
    }

    /// <summary>As guest.</summary>
    public ApiClient Http { get; }

    public string Node { get; }

    private string ConnectionName { get; }

    public static async Task<PopulatedBroker> CreateAsync(ApiClient http, Uri amqp, Action? sample = null)
    {
        (string Path, string Body)[] definitions =
        [
            ("vhosts/shown", """{"description":"d","tags":"a,b"}"""),
            ("users/shown", """{"password":"x","tags":"management"}"""),
            ("users/shown-nowhere", """{"password":"x","tags":""}"""),
            ("permissions/shown/guest", """{"configure":".*","write":".*","read":".*"}"""),
            ("permissions/shown/shown", """{"configure":".*","write":".*","read":".*"}"""),
            ("topic-permissions/shown/shown", """{"exchange":"amq.topic","write":"a","read":"b"}"""),
            ("exchanges/shown/x", """{"type":"topic","durable":true}"""),
            ("queues/shown/q", """{"durable":true}"""),
            ("queues/shown/quorum", """{"durable":true,"arguments":{"x-queue-type":"quorum"}}"""),
            ("policies/shown/p", """{"pattern":"^q","definition":{"max-length":5},"priority":1,"apply-to":"queues"}"""),
            ("policies/shown/px", """{"pattern":"^x","definition":{"alternate-exchange":"amq.fanout"},"apply-to":"exchanges"}"""),
            ("operator-policies/shown/o", """{"pattern":"^q","definition":{"max-length":5}}"""),
            ("vhost-limits/shown/max-queues", """{"value":10}"""),
            ("user-limits/shown/max-channels", """{"value":10}"""),
            ("global-parameters/shown", """{"value":1}"""),
        ];
        foreach (var (path, body) in definitions)
        {
            var answer = await http.PutAsync(path, body);
            Assert.True(answer.Status is 201 or 204, $"{path}: {answer}");
        }

        foreach (var (path, body) in ((string, string)[])[("q/q", """{"routing_key":"a"}"""), ("e/amq.fanout", """{"routing_key":"b"}""")])
            Assert.Equal(201, (await http.PostAsync($"bindings/shown/e/x/{path}", body)).Status);
        var connection = await ConnectAsync(amqp);
        var populated = new PopulatedBroker(http, connection, (await http.ReadAsync("overview"))["node"]!.ToString());
        await Eventually.Equal("", () => populated.MissingAsync(sample));
        return populated;
    }

    /// <summary>A path of <see cref="ApiFields.Paths"/> with this broker's names.</summary>
    public string Resolve(string path) => path
        .Replace("NODE", Node, StringComparison.Ordinal)
        .Replace("CONNECTION", Uri.EscapeDataString(ConnectionName), StringComparison.Ordinal)
        .Replace("CHANNEL", Uri.EscapeDataString($"{ConnectionName} (1)"), StringComparison.Ordinal)
        .Replace("PORT", $"{_connection.RemotePort}", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        foreach (var path in (string[])["vhosts/shown", "users/shown", "users/shown-nowhere", "global-parameters/shown"])
            Assert.Equal(204, (await Http.DeleteAsync(path)).Status);
    }

    /// <summary>Publishes, gets and consumes so that every counter that can be has counted.</summary>
    private static async Task<IConnection> ConnectAsync(Uri amqp)
    {
        var factory = new ConnectionFactory { Uri = amqp, VirtualHost = "shown", AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync("populated");
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, publisherConfirmationTrackingEnabled: false));
        await channel.BasicQosAsync(0, 7, global: false);
        foreach (var key in (string[])["a", "a", "a", "none"]) await channel.BasicPublishAsync("x", key, "m"u8.ToArray());
        await channel.BasicPublishAsync("", "quorum", "m"u8.ToArray());
        await channel.QueueDeclareAsync("mine", durable: false, exclusive: true, autoDelete: false);
        await Eventually.Equal(3u, () => channel.MessageCountAsync("q"));
        await channel.BasicAckAsync((await channel.BasicGetAsync("q", autoAck: false))!.DeliveryTag, multiple: false);
        await channel.BasicConsumeAsync("q", autoAck: false, "here", new Ignoring(channel));
        await channel.BasicConsumeAsync(
            "mine", autoAck: true, "alone", noLocal: false, exclusive: true, arguments: null, consumer: new Ignoring(channel));
        return connection;
    }

    /// <summary>RabbitMQ counts every few seconds. Empty: all of it is there.</summary>
    private async Task<string> MissingAsync(Action? sample)
    {
        sample?.Invoke();
        (string Path, string[] Fields)[] expected =
        [
            ("queues/shown/q", ["message_stats.publish", "message_stats.ack", "message_stats.deliver", "messages_details", "consumer_capacity"]),
            ("queues/shown/quorum", ["message_stats.publish", "messages_details"]),
            ("queues/shown/mine", ["owner_pid_details.name", "messages_details"]),
            ("exchanges/shown/x", ["message_stats.publish_in", "message_stats.publish_out"]),
            ("vhosts/shown", ["message_stats.publish", "message_stats.ack", "recv_oct_details"]),
            ("overview", ["message_stats.publish", "message_stats.ack"]),
            ("connections/CONNECTION", ["recv_oct_details", "client_properties", "channels"]),
            ("channels/CHANNEL", ["message_stats.publish", "message_stats.ack", "prefetch_count"]),
        ];
        foreach (var (path, fields) in expected)
        {
            var answer = await Http.GetAsync(Resolve(path));
            var found = new FieldSet(answer.Status == 200 ? answer.Json : null);
            if (fields.FirstOrDefault(field => !found.Contains(field)) is { } missing) return $"{path}: {missing}";
        }

        return "";
    }

    private sealed class Ignoring(IChannel channel) : AsyncDefaultBasicConsumer(channel);
}
