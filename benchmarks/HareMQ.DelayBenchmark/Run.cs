using System.Collections;
using System.Diagnostics;
using RabbitMQ.Client;

namespace HareMQ.DelayBenchmark;

/// <summary>Messages that carry their number and the time at which they are due.</summary>
internal sealed class Run(long count, long firstAfterMs, long spreadMs, int bodyBytes)
{
    private const string Exchange = "benchmark.later";
    private const string Queue = "benchmark.delayed";

    /// <summary>Few: a delay begins when the broker reads the message, and the time until then would be taken for lateness.</summary>
    private const int WindowMax = 2000;

    private const int LateMaxMs = 60_000;

    /// <summary>What falls due in the first seconds is told apart: both processes have just started and still compile what they run.</summary>
    private const int WarmUpMs = 2000;

    private readonly long[] _byLateness = new long[LateMaxMs + 1];
    private readonly long[] _byLatenessAtFirst = new long[LateMaxMs + 1];
    private long _firstDueAtMs;
    private readonly BitArray _arrived = new(checked((int)count));
    private long _early;
    private long _repeated;

    public static async Task<uint> CountAsync(Uri uri)
    {
        await using var connection = await ConnectAsync(uri);
        await using var channel = await connection.CreateChannelAsync();
        return (await channel.QueueDeclarePassiveAsync("amq.delayed-" + Exchange)).MessageCount;
    }

    public async Task FillAsync(Server server)
    {
        await using var connection = await ConnectAsync(server.Uri);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));
        await channel.ExchangeDeclareAsync(
            Exchange, "x-delayed-message", durable: true, autoDelete: false, new Dictionary<string, object?> { ["x-delayed-type"] = "direct" });
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(Queue, Exchange, "");

        using var window = new SemaphoreSlim(WindowMax);
        ulong confirmed = 0;
        channel.BasicAcksAsync += (_, ack) =>
        {
            window.Release(checked((int)(ack.DeliveryTag - confirmed)));
            confirmed = ack.DeliveryTag;
            return Task.CompletedTask;
        };
        channel.BasicNacksAsync += (_, _) => throw new InvalidOperationException("The broker refused a message.");

        var random = new Random(1);
        var startMs = NowMs;
        _firstDueAtMs = startMs + firstAfterMs;
        var watch = Stopwatch.StartNew();
        var body = new byte[Math.Max(bodyBytes, 16)];
        for (long number = 0; number < count; number++)
        {
            await window.WaitAsync();
            var delayMs = startMs + firstAfterMs + random.NextInt64(spreadMs) - NowMs;
            BitConverter.TryWriteBytes(body, number);
            BitConverter.TryWriteBytes(body.AsSpan(8), NowMs + delayMs);
            var properties = new BasicProperties { Persistent = true, Headers = new Dictionary<string, object?> { ["x-delay"] = delayMs } };
            await channel.BasicPublishAsync(Exchange, "", mandatory: false, properties, body);
            if ((number + 1) % Math.Max(1, count / 10) == 0) Print(server, number + 1, watch);
        }

        for (var i = 0; i < WindowMax; i++) await window.WaitAsync();
        Console.WriteLine($"published and confirmed {count} in {watch.Elapsed.TotalSeconds:F1} s, the first is due in "
            + $"{(startMs + firstAfterMs - NowMs) / 1000.0:F1} s");
    }

    public async Task DrainAsync(Server server)
    {
        await using var connection = await ConnectAsync(server.Uri);
        await using var channel = await connection.CreateChannelAsync();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long received = 0;
        double anonymousMax = 0;
        var cpuBefore = server.CpuSeconds;
        var consumer = new Consumer(channel, body =>
        {
            Arrive(BitConverter.ToInt64(body), BitConverter.ToInt64(body[8..]));
            if (++received % Math.Max(1, count / 20) == 0) anonymousMax = Math.Max(anonymousMax, server.AnonymousMegabytes);
            if (received - _repeated == count) done.TrySetResult();
        });
        await channel.BasicConsumeAsync(Queue, autoAck: true, consumer);
        await done.Task.WaitAsync(TimeSpan.FromMilliseconds(firstAfterMs + spreadMs + 300_000));
        Console.WriteLine(
            $"delivered {received}: {server.ResidentMegabytes:F0} MB at the end, at most {anonymousMax:F0} MB anonymous, "
            + $"{(server.CpuSeconds - cpuBefore) / count * 1e6:F1} CPU seconds per million");
    }

    /// <returns>False: something came early, or not at all.</returns>
    public bool Report()
    {
        Print("lateness in ms", _byLateness);
        Print($"lateness of what was due in the first {WarmUpMs / 1000} s after the start", _byLatenessAtFirst);
        Console.WriteLine($"{_early} early, {_repeated} twice");
        return _early == 0;
    }

    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static Task<IConnection> ConnectAsync(Uri uri) => new ConnectionFactory { Uri = uri }.CreateConnectionAsync();

    private static void Print(Server server, long number, Stopwatch watch) => Console.WriteLine(
        $"{number,10} pending, {number / watch.Elapsed.TotalSeconds,8:F0}/s: {server.ResidentMegabytes:F0} MB, "
        + $"{server.AnonymousMegabytes:F0} MB of it anonymous");

    private void Arrive(long number, long dueAtMs)
    {
        var lateMs = NowMs - dueAtMs;
        if (lateMs < 0) _early++;
        var histogram = dueAtMs < _firstDueAtMs + WarmUpMs ? _byLatenessAtFirst : _byLateness;
        histogram[Math.Clamp(lateMs, 0, LateMaxMs)]++;
        if (_arrived[(int)number]) _repeated++;
        _arrived[(int)number] = true;
    }

    private static void Print(string what, long[] histogram) => Console.WriteLine(
        $"{what}: p50 {Percentile(histogram, 0.5)}, p99 {Percentile(histogram, 0.99)}, p99.9 {Percentile(histogram, 0.999)}, "
        + $"p99.99 {Percentile(histogram, 0.9999)}, max {Percentile(histogram, 1)}");

    private static int Percentile(long[] histogram, double share)
    {
        var left = (long)Math.Ceiling(histogram.Sum() * share);
        for (var late = 0; late <= LateMaxMs; late++)
        {
            left -= histogram[late];
            if (left <= 0) return late;
        }

        return LateMaxMs;
    }

    private sealed class Consumer(IChannel channel, Action<ReadOnlySpan<byte>> receive) : AsyncDefaultBasicConsumer(channel)
    {
        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            receive(body.Span);
            return Task.CompletedTask;
        }
    }
}
