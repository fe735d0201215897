using HareMQ.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace HareMQ.Cli.Tests;

/// <summary>What the server program runs, in this process: a broker on free ports with its control socket, on data of its own.</summary>
internal sealed class ControlledNode : IAsyncDisposable
{
    public const string Name = "hare@test";

    private readonly DirectoryInfo _data;
    private readonly List<IConnection> _connections = [];

    private ControlledNode(DirectoryInfo data, HareNode node)
    {
        _data = data;
        Node = node;
    }

    public HareNode Node { get; }

    public string DataDirectory => _data.FullName;

    public string Socket => Node.ControlSocket!;

    /// <summary>With these settings beside its own: <c>KEY=VALUE</c>.</summary>
    public static async Task<ControlledNode> StartAsync(params string[] settings)
    {
        var data = Directory.CreateTempSubdirectory("harectl-test-");
        return new ControlledNode(data, await HareNode.StartAsync(Arguments(data.FullName, settings), NullLoggerFactory.Instance));
    }

    public static HareServerArguments Arguments(string dataDirectory, params string[] settings)
    {
        string[] args =
        [
            "--data-dir", dataDirectory, "--set", "listeners.tcp.default=127.0.0.1:0", "--set", "management.tcp.port=none",
            "--set", "prometheus.tcp.port=none",
            "--set", $"node_name={Name}", .. settings.SelectMany(setting => (string[])["--set", setting]),
        ];
        Assert.True(HareServerArguments.TryParse(args, new Dictionary<string, string>(), [], out var arguments, out var error), error);
        return arguments;
    }

    /// <summary>Calls harectl with the socket of this node.</summary>
    public Task<CtlRun> CtlAsync(params string[] args) => CtlRun.ExecuteAsync(["--socket", Socket, .. args]);

    /// <summary>The result without banners, which must be a success.</summary>
    public async Task<CtlRun> QuietAsync(params string[] args) => (await CtlAsync(["-q", .. args])).Succeeded();

    public Task<CtlRun> CtlWithInputAsync(string input, params string[] args) =>
        CtlRun.ExecuteWithAsync(input, [], ["--socket", Socket, .. args]);

    /// <summary>The arguments that lead to this node's HTTP API instead of its socket.</summary>
    public string[] UrlOf(string user, string password) =>
        ["--url", Node.Broker!.ManagementUri!.ToString(), "--username", user, "--password", password];

    public async Task<IConnection> ConnectAsync(string? virtualHost = null)
    {
        var factory = new ConnectionFactory { Uri = Node.Broker!.Uri, AutomaticRecoveryEnabled = false };
        if (virtualHost is not null) factory.VirtualHost = virtualHost;
        var connection = await factory.CreateConnectionAsync();
        _connections.Add(connection);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        await Node.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
