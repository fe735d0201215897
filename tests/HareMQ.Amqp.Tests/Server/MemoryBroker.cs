using HareMQ.Amqp.Connections;
using HareMQ.Broker;
using HareMQ.Broker.Alarms;
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

    private MemoryBroker(string directory, BrokerCore core, AmqpServerOptions options, TimeProvider time)
    {
        _directory = directory;
        _core = core;
        Server = new AmqpServer(core, options, time, NullLogger.Instance);
    }

    public AmqpServer Server { get; }

    /// <summary>The alarms, to be set by the test: nobody watches memory and disk.</summary>
    public ResourceAlarms Alarms => _core.Alarms;

    /// <summary>The only connection.</summary>
    public AmqpConnection Connection => Server.Connections.Single();

    public static async Task<MemoryBroker> StartAsync(
        AmqpServerOptions? options = null, IFileSystem? files = null, TimeProvider? time = null)
    {
        var directory = Directory.CreateTempSubdirectory("haremq-test-").FullName;
        var store = MessageStore.Open(new StoreOptions { DataDirectory = directory }, files: files);
        var core = await BrokerCore.OpenAsync(store, new BrokerCoreOptions(), ThreadPoolTurnScheduler.Instance, NullLogger.Instance);
        return new MemoryBroker(directory, core, options ?? new AmqpServerOptions(), time ?? TimeProvider.System);
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
    public async Task<MemoryClient> OpenAsync(int readBytesMax = int.MaxValue, uint frameMaxBytes = 131_072, bool wantsBlocked = false)
    {
        var client = Connect(readBytesMax);
        await client.OpenAsync(frameMaxBytes, wantsBlocked);
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
