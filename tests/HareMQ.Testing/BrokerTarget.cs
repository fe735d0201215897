namespace HareMQ.Testing;

/// <summary>A broker under test: where it listens and which product it is, so that a test can state where the two differ.</summary>
public sealed class BrokerTarget : IAsyncDisposable
{
    public const string RabbitMqVariable = "HAREMQ_TEST_RABBITMQ_URL";

    public const string HareMqVariable = "HAREMQ_TEST_URL";

    /// <summary>Directory of the node that tests/lib/rabbitmq.sh has started: its administrator's commands can be run then.</summary>
    public const string RabbitMqDirectoryVariable = "HAREMQ_TEST_RABBITMQ_DIR";

    private readonly EmbeddedBroker? _embedded;

    private BrokerTarget(string name, Uri uri, bool isRabbitMq, EmbeddedBroker? embedded = null)
    {
        Name = name;
        Uri = uri;
        IsRabbitMq = isRabbitMq;
        _embedded = embedded;
    }

    public string Name { get; }

    /// <summary><c>amqp://guest:guest@127.0.0.1:5672/</c>: the virtual host is always the default one.</summary>
    public Uri Uri { get; }

    public bool IsRabbitMq { get; }

    /// <summary>Null for a broker that this process may only connect to.</summary>
    public IBrokerAdministration? Administration =>
        IsRabbitMq ? RabbitMqAdministration.FromEnvironment() : EmbeddedAdministration.Of(_embedded);

    /// <summary>The RabbitMQ that <see cref="RabbitMqVariable"/> names, or null when it names none.</summary>
    public static BrokerTarget? RabbitMq() => FromEnvironment(RabbitMqVariable) is { } uri ? new("RabbitMQ", uri, isRabbitMq: true) : null;

    /// <summary>The HareMQ that <see cref="HareMqVariable"/> names, else one in this process.</summary>
    public static async Task<BrokerTarget> HareMqAsync()
    {
        if (FromEnvironment(HareMqVariable) is { } uri) return new("HareMQ", uri, isRabbitMq: false);
        var embedded = await EmbeddedBroker.StartAsync();
        return new("HareMQ", embedded.Uri, isRabbitMq: false, embedded);
    }

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? ValueTask.CompletedTask;

    public override string ToString() => $"{Name} at {Uri.Host}:{Uri.Port}";

    private static Uri? FromEnvironment(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } url ? new Uri(url) : null;
}
