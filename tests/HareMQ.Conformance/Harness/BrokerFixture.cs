using HareMQ.Conformance.Harness;

[assembly: AssemblyFixture(typeof(RabbitMqFixture))]
[assembly: AssemblyFixture(typeof(HareMqFixture))]

namespace HareMQ.Conformance.Harness;

/// <summary>One broker for the whole run. This file is part of the suite for version 6 of the client too.</summary>
public abstract class BrokerFixture : IAsyncLifetime
{
    /// <summary>Null when this run has no such broker: its tests are skipped.</summary>
    public BrokerTarget? Target { get; private set; }

    public async ValueTask InitializeAsync() => Target = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (Target is not null) await Target.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<BrokerTarget?> StartAsync();
}

public sealed class RabbitMqFixture : BrokerFixture
{
    protected override Task<BrokerTarget?> StartAsync() => Task.FromResult(BrokerTarget.RabbitMq());
}

public sealed class HareMqFixture : BrokerFixture
{
    protected override async Task<BrokerTarget?> StartAsync() => await BrokerTarget.HareMqAsync();
}
