using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Measuring;
using HareMQ.Comparison.Reporting;
using RabbitMQ.Client;

namespace HareMQ.Comparison.Scale;

/// <summary>One very large message through the official client: published, confirmed, got back, compared.</summary>
internal static class LargeMessage
{
    private const string Queue = "scale-large";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    public static void Run(ScaleContext context, int megabytes)
    {
        var bytes = checked(megabytes * 1024 * 1024);
        context.Report.Begin(string.Create(CultureInfo.InvariantCulture, $"one message of {megabytes} MiB, persistent, confirmed"));
        using var directory = new TemporaryDirectory();
        var limit = string.Create(CultureInfo.InvariantCulture, $"max_message_size={bytes}");
        using var broker = context.Source(limit).Start(directory.Path);
        context.Report.Add("memory before", ScaleContext.Memory(broker));
        PassAsync(context, broker, bytes).GetAwaiter().GetResult();
        context.Report.Add("memory at most", Numbers.Short(ProcessMemory.Of(broker.Pid).Peak) + " MB");
    }

    private static async Task PassAsync(ScaleContext context, RunningBroker broker, int bytes)
    {
        var interrupt = context.Perf.Interrupt;
        var factory = new ConnectionFactory
        {
            Uri = new Uri(broker.Uri),
            MaxInboundMessageBodySize = (uint)bytes,
            ContinuationTimeout = s_patience,
            // The client would take its own silence while it sends for the broker's.
            RequestedHeartbeat = TimeSpan.Zero,
        };
        await using var connection = await factory.CreateConnectionAsync(interrupt);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), interrupt);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: interrupt);

        var body = new byte[bytes];
        new Random(1).NextBytes(body);
        var checksum = SHA256.HashData(body);
        var watch = Stopwatch.StartNew();
        await channel.BasicPublishAsync("", Queue, mandatory: true, new BasicProperties { Persistent = true }, body, interrupt);
        context.Report.Add("published and confirmed in", Numbers.Short(watch.Elapsed.TotalSeconds) + " s");
        context.Report.Add("memory after that", ScaleContext.Memory(broker));
        watch.Restart();
        var got = await channel.BasicGetAsync(Queue, autoAck: true, interrupt);
        context.Report.Add("got in", Numbers.Short(watch.Elapsed.TotalSeconds) + " s");
        context.Report.Add("memory after that", ScaleContext.Memory(broker));
        var isSame = got is not null && SHA256.HashData(got.Body.Span).AsSpan().SequenceEqual(checksum);
        context.Report.Add("SHA-256", isSame ? "the same" : "**differs**");
    }
}
