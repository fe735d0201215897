using HareMQ.Testing;

namespace HareMQ.Perf.Tests;

/// <summary>HareMQ in this process, and the RabbitMQ that the environment names, if it does.</summary>
public sealed class Brokers : IAsyncLifetime
{
    private BrokerTarget _hareMq = null!;
    private BrokerTarget? _rabbitMq;

    public static TheoryData<string> Names =>
        Environment.GetEnvironmentVariable(BrokerTarget.RabbitMqVariable) is { Length: > 0 } ? ["HareMQ", "RabbitMQ"] : ["HareMQ"];

    public async ValueTask InitializeAsync()
    {
        // Not on the tests' own context: their threads are in the load generator, which blocks.
        _hareMq = await Task.Run(BrokerTarget.HareMqAsync);
        _rabbitMq = BrokerTarget.RabbitMq();
    }

    public Uri Uri(string name) => name == "RabbitMQ" ? _rabbitMq!.Uri : _hareMq.Uri;

    public async ValueTask DisposeAsync()
    {
        await _hareMq.DisposeAsync();
        if (_rabbitMq is not null) await _rabbitMq.DisposeAsync();
    }
}
