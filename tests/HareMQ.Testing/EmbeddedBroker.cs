namespace HareMQ.Testing;

/// <summary>HareMQ inside the test's process, on a free port of the loopback interface.</summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly IAsyncDisposable _broker;

    private EmbeddedBroker(IAsyncDisposable broker, int port)
    {
        _broker = broker;
        Uri = new Uri($"amqp://guest:guest@127.0.0.1:{port}/");
    }

    public Uri Uri { get; }

    /// <summary>Null as long as this build has no embeddable broker.</summary>
    public static Task<EmbeddedBroker?> StartAsync() => Task.FromResult<EmbeddedBroker?>(null);

    public ValueTask DisposeAsync() => _broker.DisposeAsync();
}
