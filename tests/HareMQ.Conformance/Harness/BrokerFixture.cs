using HareMQ.Conformance.Harness;

[assembly: AssemblyFixture(typeof(RabbitMqFixture))]
[assembly: AssemblyFixture(typeof(HareMqFixture))]

namespace HareMQ.Conformance.Harness;

/// <summary>One broker for the whole run, with a connection of its own that deletes what tests leave behind.</summary>
public abstract class BrokerFixture : IAsyncLifetime
{
    private IConnection? _housekeeping;

    /// <summary>Null when this run has no such broker: its tests are skipped with <see cref="Missing"/>.</summary>
    public BrokerTarget? Target { get; private set; }

    public abstract string Missing { get; }

    public async ValueTask InitializeAsync()
    {
        Target = await StartAsync();
        if (Target is null) return;
        var factory = new ConnectionFactory { Uri = Target.Uri, AutomaticRecoveryEnabled = true, ClientProvidedName = "housekeeping" };
        _housekeeping = await factory.CreateConnectionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_housekeeping is not null) await _housekeeping.DisposeAsync();
        if (Target is not null) await Target.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Deleting what is not there is fine in AMQP, so a test need not say what it really declared.</summary>
    public async Task DeleteAsync(IReadOnlyCollection<string> queues, IReadOnlyCollection<string> exchanges)
    {
        if (queues.Count + exchanges.Count == 0) return;
        await using var channel = await _housekeeping!.CreateChannelAsync();
        foreach (var queue in queues) await channel.QueueDeleteAsync(queue);
        foreach (var exchange in exchanges) await channel.ExchangeDeleteAsync(exchange);
    }

    protected abstract Task<BrokerTarget?> StartAsync();
}

public sealed class RabbitMqFixture : BrokerFixture
{
    public override string Missing => $"No RabbitMQ to compare with: set {BrokerTarget.RabbitMqVariable}.";

    protected override Task<BrokerTarget?> StartAsync() => Task.FromResult(BrokerTarget.RabbitMq());
}

public sealed class HareMqFixture : BrokerFixture
{
    public override string Missing => $"No HareMQ to test: set {BrokerTarget.HareMqVariable}.";

    protected override Task<BrokerTarget?> StartAsync() => BrokerTarget.HareMqAsync();
}
