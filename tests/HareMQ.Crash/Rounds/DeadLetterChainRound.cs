using System.Diagnostics;
using System.Globalization;
using HareMQ.Crash.Brokers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Crash.Rounds;

/// <summary>
/// Messages move by their deaths from queue to queue to queue (expired, then too many, then at the end), while the broker is killed again and
/// again. Every one of them arrives at least once, and nothing stays behind.
/// </summary>
internal sealed class DeadLetterChainRound(int messages) : ICrashCase
{
    private const string First = "chain.1";
    private const string Second = "chain.2";
    private const string Third = "chain.3";
    private const int Window = 5000;

    /// <summary>Messages live so long in the first queue: the publisher is through before most have moved.</summary>
    private const int TtlMs = 500;

    public string Name => "dead letter chain";

    public async Task RunAsync(CaseContext context)
    {
        var watch = Stopwatch.StartNew();
        var sent = 0;
        var kills = 0;
        // Whatever was confirmed before a kill counts; the publisher goes on behind it.
        while (sent < messages)
        {
            await using var broker = await BrokerProcess.StartAsync(context.DataDirectory);
            await DeclareAsync(broker.Uri);
            using var ending = new CancellationTokenSource(Moment(context.Random));
            sent = await PublishAsync(broker.Uri, sent, ending.Token);
            if (sent < messages) await broker.KillAsync();
            else kills += await MoveAsync(broker, context.Random);
            kills++;
        }

        // On their way, with nobody publishing.
        for (var extra = 0; extra < 2; extra++)
        {
            await using var broker = await BrokerProcess.StartAsync(context.DataDirectory);
            kills += await MoveAsync(broker, context.Random);
        }

        await using var last = await BrokerProcess.StartAsync(context.DataDirectory);
        await SettledAsync(last.Uri);
        var movedIn = watch.Elapsed;
        var (missing, repeated) = await DrainAsync(last.Uri);
        if (missing > 0) throw new BrokenPromiseException($"{missing} of {messages} messages are nowhere.");
        await using var connection = await Client.ConnectAsync(last.Uri, "leftovers");
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in (string[])[First, Second, Third])
        {
            var left = (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
            if (left > 0) throw new BrokenPromiseException($"{left} messages are left in {queue}.");
        }

        context.Summary = string.Create(
            CultureInfo.InvariantCulture,
            $"{messages} messages through three queues, {kills} kills, {repeated} arrived more than once, {movedIn.TotalSeconds:F1} s");
    }

    private static TimeSpan Moment(Random random) => TimeSpan.FromSeconds(0.5 + (3 * random.NextDouble()));

    private static async Task DeclareAsync(Uri uri)
    {
        await using var connection = await Client.ConnectAsync(uri, "topology");
        await using var channel = await connection.CreateChannelAsync();
        await DeclareAsync(First, Second, ("x-message-ttl", TtlMs));
        await DeclareAsync(Second, Third, ("x-max-length", 0));
        await DeclareAsync(Third, null);

        async Task DeclareAsync(string queue, string? next, params (string Name, object Value)[] arguments)
        {
            var table = arguments.ToDictionary(argument => argument.Name, argument => (object?)argument.Value);
            if (next is not null) (table["x-dead-letter-exchange"], table["x-dead-letter-routing-key"]) = ("", next);
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, table);
        }
    }

    /// <returns>How many messages are confirmed: all up to that number.</returns>
    private async Task<int> PublishAsync(Uri uri, int from, CancellationToken ending)
    {
        var connection = await Client.ConnectAsync(uri, "publisher");
        var confirmed = from;
        try
        {
            await using var channel = await connection.OpenConfirmingChannelAsync();
            using var window = new SemaphoreSlim(Window);
            channel.BasicAcksAsync += (_, ack) =>
            {
                // Confirms of HareMQ come in order.
                var upTo = from + (int)ack.DeliveryTag;
                window.Release(upTo - confirmed);
                Volatile.Write(ref confirmed, upTo);
                return Task.CompletedTask;
            };
            var properties = new BasicProperties { Persistent = true };
            for (var number = from; number < messages; number++)
            {
                await window.WaitAsync(ending);
                await channel.BasicPublishAsync("", First, mandatory: false, properties, BitConverter.GetBytes(number), CancellationToken.None);
            }

            for (var left = 0; left < Window; left++) await window.WaitAsync(ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The moment of the kill.
        }
        finally
        {
            await connection.AbandonAsync();
        }

        return Volatile.Read(ref confirmed);
    }

    /// <summary>Lets messages move for a while, then kills the broker.</summary>
    private static async Task<int> MoveAsync(BrokerProcess broker, Random random)
    {
        // The moment is what the experiment varies.
        await Task.Delay(TimeSpan.FromSeconds(0.2 + random.NextDouble()));
        await broker.KillAsync();
        return 1;
    }

    /// <summary>Until the first two queues are empty.</summary>
    private static async Task SettledAsync(Uri uri)
    {
        await using var connection = await Client.ConnectAsync(uri, "watch");
        await using var channel = await connection.CreateChannelAsync();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var patience = Stopwatch.StartNew();
        while ((await channel.QueueDeclarePassiveAsync(First)).MessageCount + (await channel.QueueDeclarePassiveAsync(Second)).MessageCount > 0)
        {
            if (patience.Elapsed > BrokerProcess.Patience) throw new BrokenPromiseException("The messages do not move on.");
            await tick.WaitForNextTickAsync();
        }
    }

    private async Task<(int Missing, int Repeated)> DrainAsync(Uri uri)
    {
        await using var connection = await Client.ConnectAsync(uri, "drain");
        await using var channel = await connection.CreateChannelAsync();
        var seen = new bool[messages];
        var distinct = 0;
        var repeated = 0;
        var lastArrival = Stopwatch.StartNew();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            var number = BitConverter.ToInt32(delivery.Body.Span);
            if (seen[number]) repeated++;
            else distinct++;
            seen[number] = true;
            lastArrival.Restart();
            return Task.CompletedTask;
        };
        var tag = await channel.BasicConsumeAsync(Third, autoAck: true, consumer);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        // All are there, or nothing has come for long; what is counted twice may still follow.
        while ((Volatile.Read(ref distinct) < messages && lastArrival.Elapsed < BrokerProcess.Patience / 2)
            || (await channel.QueueDeclarePassiveAsync(Third)).MessageCount > 0)
            await tick.WaitForNextTickAsync();
        await channel.BasicCancelAsync(tag);
        return (messages - distinct, repeated);
    }
}
