using System.Net;
using System.Net.Sockets;
using HareMQ.Crash.Brokers;
using RabbitMQ.Client;

namespace HareMQ.Crash.Processes;

/// <summary>The broker as a process among others.</summary>
internal static class ProcessCase
{
    public static IReadOnlyList<ICrashCase> All { get; } = [new SecondProcess(), new PortInUse(), new CleanStop()];

    private sealed class SecondProcess : ICrashCase
    {
        public string Name => "process: data directory in use";

        public async Task RunAsync(CaseContext context)
        {
            await using var first = await BrokerProcess.StartAsync(context.DataDirectory);
            await using (var second = BrokerProcess.Launch(context.DataDirectory, logName: "second"))
                await second.RefusedToStartAsync($"is in use by process {first.Id}");

            // The first one is none the worse for it.
            await using var connection = await Client.ConnectAsync(first.Uri, "after the second");
            await connection.CloseAsync();
        }
    }

    private sealed class PortInUse : ICrashCase
    {
        public string Name => "process: port in use";

        public async Task RunAsync(CaseContext context)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            await using var broker = BrokerProcess.Launch(context.DataDirectory, ((IPEndPoint)listener.LocalEndpoint).Port);
            await broker.RefusedToStartAsync("the port is in use");
        }
    }
}
