using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.V6;

/// <summary>One connection per test, through the blocking API; queues are exclusive, so nothing stays behind.</summary>
public abstract class ClientV6Test(BrokerFixture fixture) : IAsyncLifetime
{
    private readonly List<IConnection> _connections = [];

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(fixture.Target is null, $"No RabbitMQ to compare with: set {BrokerTarget.RabbitMqVariable}.");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var connection in _connections) connection.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>What HareMQ accepts in a declaration, and does not act on yet.</summary>
    protected void ToComeOnHareMq(string feature) => Assert.SkipUnless(fixture.Target!.IsRabbitMq, $"HareMQ has no {feature} yet.");

    protected IConnection Connect(bool asyncConsumers = false)
    {
        var factory = new ConnectionFactory
        {
            Uri = fixture.Target!.Uri,
            AutomaticRecoveryEnabled = false,
            DispatchConsumersAsync = asyncConsumers,
        };
        var connection = factory.CreateConnection();
        _connections.Add(connection);
        return connection;
    }

    protected IModel OpenChannel(bool asyncConsumers = false) => Connect(asyncConsumers).CreateModel();

    protected static string DeclareQueue(IModel channel) => channel.QueueDeclare().QueueName;

    protected static void Publish(IModel channel, string queue, string text, bool mandatory = false) =>
        channel.BasicPublish("", queue, mandatory, basicProperties: null, Encoding.UTF8.GetBytes(text));

    protected static string? Take(IModel channel, string queue) =>
        channel.BasicGet(queue, autoAck: true) is { } message ? Text(message.Body) : null;

    protected static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);
}
