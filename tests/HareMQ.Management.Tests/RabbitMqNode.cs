using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HareMQ.Management.Tests;

/// <summary>A rabbitmq-server of the test's own, empty, with some plugins; gone when disposed.</summary>
internal sealed class RabbitMqNode : IAsyncDisposable
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    /// <summary>The script listens for HTTP and between nodes on ports that lie this much and twice as much higher.</summary>
    private const int PortStep = 10_000;

    private static readonly string s_script = Path.Combine(DocumentedDifferences.RepositoryRoot(), "tests", "lib", "rabbitmq.sh");

    private readonly DirectoryInfo _directory;
    private readonly int _port;

    private RabbitMqNode(DirectoryInfo directory, int port)
    {
        (_directory, _port) = (directory, port);
        Http = new ApiClient(new Uri($"http://127.0.0.1:{port + PortStep}/"));
    }

    public ApiClient Http { get; }

    /// <summary>Skips the test where none is installed.</summary>
    public static async Task<RabbitMqNode> StartAsync(params string[] plugins)
    {
        Assert.SkipUnless(File.Exists(Server), "rabbitmq-server is not installed");
        var node = new RabbitMqNode(Directory.CreateTempSubdirectory("haremq-rabbitmq-"), FreePort());
        try
        {
            await RunAsync(["start", node._directory.FullName, $"{node._port}", "rabbitmq_management", .. plugins]);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes it as it was before anything was declared.</summary>
    public async Task ResetAsync()
    {
        foreach (var command in (string[])["stop_app", "reset", "start_app"]) await RunAsync(["ctl", _directory.FullName, command]);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await RunAsync(["stop", _directory.FullName]);
        _directory.Delete(recursive: true);
    }

    /// <summary>Its output goes to a file: what it leaves running would hold a pipe open.</summary>
    private static async Task RunAsync(string[] arguments)
    {
        var log = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("bash");
            foreach (var argument in (string[])["-c", "exec \"$@\" > \"$0\" 2>&1", log, s_script, .. arguments]) start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"rabbitmq.sh {string.Join(' ', arguments)}: {await File.ReadAllTextAsync(log)}");
        }
        finally
        {
            File.Delete(log);
        }
    }

    /// <summary>One above which the others are free too, and which the system does not give away by itself.</summary>
    private static int FreePort()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            if (((int[])[port, port + PortStep, port + (2 * PortStep), port + (2 * PortStep) + 1]).All(IsFree)) return port;
        }

        throw new InvalidOperationException("no four free ports in a hundred attempts");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
