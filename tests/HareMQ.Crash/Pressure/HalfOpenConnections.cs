using System.Globalization;
using System.Net.Sockets;
using HareMQ.Crash.Brokers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;

namespace HareMQ.Crash.Pressure;

/// <summary>
/// Thousands of sockets that never finish their handshake: clients that mean it are served meanwhile, the others are hung up on in time, each
/// costs little, and the next thousands cost no more.
/// </summary>
internal sealed class HalfOpenConnections : ICrashCase
{
    private const int Count = 3000;
    private const int HandshakeTimeoutMs = 3000;
    private const long BytesPerConnectionMax = 40 * 1024;

    // How far the runtime's heap swings by itself, once it has found its size in the first two waves. A leak of all they cost is more.
    private const long LastWaveBytesMax = 32 << 20;

    private static readonly byte[] s_header = [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1];

    /// <summary>A method frame that promises more than ever comes.</summary>
    private static readonly byte[] s_tornStartOk = [1, 0, 0, 0, 0, 4, 0, 0, 10, 0, 11];

    public string Name => "pressure: half-open connections";

    public async Task RunAsync(CaseContext context)
    {
        var setup = new BrokerSetup { Settings = [string.Create(CultureInfo.InvariantCulture, $"handshake_timeout={HandshakeTimeoutMs}")] };
        await using var broker = await BrokerProcess.StartAsync(context.DataDirectory, setup);
        await ServeAsync(broker.Uri);
        var before = broker.MemoryBytes;
        await WaveAsync(broker);
        var second = await WaveAsync(broker) - before;
        var last = await WaveAsync(broker) - before;
        context.Summary = $"{second / Count} bytes each, {(last - second) / 1024} KB more for the next wave";
        if (last > Count * BytesPerConnectionMax) throw new BrokenPromiseException($"{Count} connections that say nothing cost {last} bytes.");
        if (last > second + LastWaveBytesMax) throw new BrokenPromiseException($"The last wave costs {last} bytes, the one before cost {second}.");
        if (!broker.Log.Any(line => line.Contains("handshake not finished", StringComparison.Ordinal)))
            throw new BrokenPromiseException("The log does not say why connections were dropped.");
    }

    /// <returns>The memory that the broker has while all of them are there.</returns>
    private static async Task<long> WaveAsync(BrokerProcess broker)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < Count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(broker.Uri.Host, broker.Uri.Port);
                if (i % 3 > 0) await socket.SendAsync(s_header);
                if (i % 3 > 1) await socket.SendAsync(s_tornStartOk);
            }

            await ServeAsync(broker.Uri);
            var memory = broker.MemoryBytes;
            using var patience = new CancellationTokenSource(BrokerProcess.Patience);
            await Task.WhenAll(sockets.Select(socket => EndAsync(socket, patience.Token)));
            return memory;
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    /// <summary>Reads until the broker hangs up.</summary>
    private static async Task EndAsync(Socket socket, CancellationToken patience)
    {
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, patience) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: hung up on, too.
        }
        catch (OperationCanceledException)
        {
            throw new BrokenPromiseException("A connection that never finished its handshake is still there.");
        }
    }

    private static async Task ServeAsync(Uri uri)
    {
        await using var connection = await Client.ConnectAsync(uri, "one that means it");
        await using var channel = await connection.OpenTrackingChannelAsync();
        var queue = await channel.QueueDeclareAsync();
        await channel.BasicPublishAsync("", queue.QueueName, mandatory: true, MessageBody.Create(new MessageId(1, 1)));
        if (await channel.BasicGetAsync(queue.QueueName, autoAck: true) is null) throw new BrokenPromiseException("A confirmed message is missing.");
    }
}
