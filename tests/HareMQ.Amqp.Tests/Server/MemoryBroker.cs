using HareMQ.Broker;
using HareMQ.Broker.Scheduling;
using HareMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Amqp.Tests.Server;

/// <summary>A whole broker without a socket.</summary>
internal sealed class MemoryBroker : IAsyncDisposable
{
    private readonly string _directory;
    private readonly BrokerCore _core;
    private readonly List<MemoryClient> _clients = [];

    private MemoryBroker(string directory, BrokerCore core, AmqpServerOptions options)
    {
        _directory = directory;
        _core = core;
        Server = new AmqpServer(core, options, TimeProvider.System, NullLogger.Instance);
    }

    public AmqpServer Server { get; }

    public static async Task<MemoryBroker> StartAsync(AmqpServerOptions? options = null)
    {
        var directory = Directory.CreateTempSubdirectory("haremq-test-").FullName;
        var store = MessageStore.Open(new StoreOptions { DataDirectory = directory });
        var core = await BrokerCore.OpenAsync(store, new BrokerCoreOptions(), ThreadPoolTurnScheduler.Instance, NullLogger.Instance);
        return new MemoryBroker(directory, core, options ?? new AmqpServerOptions());
    }

    /// <summary>A client that has not said anything yet.</summary>
    public MemoryClient Connect(int readBytesMax = int.MaxValue)
    {
        var (server, client) = MemoryTransport.CreatePair(readBytesMax);
        var connected = new MemoryClient(client, Server.ServeAsync(server));
        _clients.Add(connected);
        return connected;
    }

    /// <summary>A client with channel 1 open.</summary>
    public async Task<MemoryClient> OpenAsync(int readBytesMax = int.MaxValue, uint frameMaxBytes = 131_072)
    {
        var client = Connect(readBytesMax);
        await client.OpenAsync(frameMaxBytes);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        // Or the server would wait for answers to its close.
        foreach (var client in _clients) client.HangUp();
        await Server.DisposeAsync();
        await _core.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
