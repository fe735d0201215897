using HareMQ.Hosting;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>HareMQ with its HTTP API, both on free ports, on data that survives a restart.</summary>
public sealed class ManagementBroker : IAsyncDisposable
{
    public const string NodeName = "hare@test";

    private readonly DirectoryInfo _data;
    private readonly Action<HareBrokerOptions>? _configure;
    private readonly List<IConnection> _connections = [];
    private HareBroker _broker;

    private ManagementBroker(DirectoryInfo data, Action<HareBrokerOptions>? configure, HareBroker broker)
    {
        _data = data;
        _configure = configure;
        _broker = broker;
        Http = new ApiClient(broker.ManagementUri!);
    }

    /// <summary>As guest, who is administrator.</summary>
    public ApiClient Http { get; private set; }

    public int AmqpPort => _broker.Port;

    /// <summary>Where metrics are.</summary>
    public Uri MetricsUri => _broker.PrometheusUri!;

    public Uri AmqpUri => _broker.Uri;

    public Uri ManagementUri => _broker.ManagementUri!;

    public int HttpPort => _broker.ManagementUri!.Port;

    public static async Task<ManagementBroker> StartAsync(Action<HareBrokerOptions>? configure = null)
    {
        var data = Directory.CreateTempSubdirectory("haremq-test-");
        return new ManagementBroker(data, configure, await StartAsync(data, configure));
    }

    public ApiClient HttpAs(string user, string password) => new(_broker.ManagementUri!, user, password);

    public async Task<IConnection> ConnectAsync(string? name = null, string user = "guest", string password = "guest")
    {
        var factory = new ConnectionFactory { Uri = _broker.Uri, UserName = user, Password = password };
        var connection = await factory.CreateConnectionAsync(name ?? "");
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Takes a sample of the statistics, which a timer does every five seconds otherwise.</summary>
    public void Sample() => _broker.Management!.Sample();

    public async Task RestartAsync()
    {
        await CloseAsync();
        _broker = await StartAsync(_data, _configure);
        Http = new ApiClient(_broker.ManagementUri!);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _data.Delete(recursive: true);
    }

    private async Task CloseAsync()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        _connections.Clear();
        Http.Dispose();
        await _broker.DisposeAsync();
    }

    private static Task<HareBroker> StartAsync(DirectoryInfo data, Action<HareBrokerOptions>? configure) => HareBroker.StartAsync(options =>
    {
        options.Port = 0;
        options.ManagementPort = 0;
        options.PrometheusPort = 0;
        options.EventExchange = true;
        options.NodeName = NodeName;
        options.DataDirectory = data.FullName;
        configure?.Invoke(options);
    });
}
