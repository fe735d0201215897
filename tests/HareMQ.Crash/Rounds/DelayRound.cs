using System.Collections.Concurrent;
using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Traffic;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Crash.Rounds;

/// <summary>
/// Delayed messages are published and delivered while the broker is killed: what was confirmed comes, not before its time, if need be twice.
/// </summary>
internal sealed class DelayRound : ICrashCase
{
    private const string Exchange = "crash.later";
    private const string Queue = "crash.delayed";
    private const int Window = 200;

    private readonly ConcurrentDictionary<long, Message> _messages = new();
    private readonly Ledger _ledger = new();
    private long _lastNumber;
    private long _arrivals;

    // Counted down in the last life, when nothing is confirmed any more.
    private int _missing;

    public string Name => "kill with delayed messages";

    public async Task RunAsync(CaseContext context)
    {
        var random = context.Random;
        var lives = random.Next(2, 4);
        for (var number = 0; number < lives; number++)
        {
            _ledger.BeginGeneration();
            await using var broker = await BrokerProcess.StartAsync(context.DataDirectory);
            await DeclareAsync(broker.Uri);
            var life = new Life(broker, _ledger);
            var seed = random.Next();
            life.Run("the publisher", at => PublishAsync(at, new Random(seed)));
            life.Run("the consumer", at => ConsumeAsync(at.Uri, at.Ended));
            await life.KillAfterAsync(TimeSpan.FromSeconds(0.3 + (3 * random.NextDouble())));
            _ledger.Throw();
        }

        await using var last = await BrokerProcess.StartAsync(context.DataDirectory);
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        _missing = _messages.Values.Count(message => message is { IsConfirmed: true, HasArrived: false });
        await ConsumeAsync(last.Uri, patience.Token, until: () => Volatile.Read(ref _missing) == 0);
        _ledger.Throw();
        var missing = _messages.Values.Count(message => message is { IsConfirmed: true, HasArrived: false });
        var confirmed = _messages.Values.Count(message => message.IsConfirmed);
        if (missing > 0) throw new BrokenPromiseException($"{missing} of {confirmed} confirmed delayed messages never came.");
        if (confirmed == 0) throw new BrokenPromiseException("Nothing was ever confirmed.");
        var arrived = _messages.Values.Count(message => message.HasArrived);
        context.Summary = $"{lives} kills, {confirmed} confirmed, {arrived} arrived, {_arrivals - arrived} of them again";
    }

    private static async Task DeclareAsync(Uri uri)
    {
        await using var connection = await Client.ConnectAsync(uri, "topology");
        await using var channel = await connection.CreateChannelAsync();
        var arguments = new Dictionary<string, object?> { ["x-delayed-type"] = "direct" };
        await channel.ExchangeDeclareAsync(Exchange, "x-delayed-message", durable: true, autoDelete: false, arguments);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(Queue, Exchange, "");
    }

    private async Task PublishAsync(Life life, Random random)
    {
        var connection = await Client.ConnectAsync(life.Uri, "publisher");
        try
        {
            var channel = await connection.OpenTrackingChannelAsync();
            while (true) await Task.WhenAll(Enumerable.Range(0, Window).Select(_ => PublishOneAsync(channel, random.Next(1, 3000))));
        }
        finally
        {
            await connection.AbandonAsync();
        }
    }

    private async Task PublishOneAsync(IChannel channel, int delayMs)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var message = new Message(NowMs + delayMs);
        _messages[number] = message;
        var properties = new BasicProperties { Persistent = true, Headers = new Dictionary<string, object?> { ["x-delay"] = delayMs } };
        await channel.BasicPublishAsync(Exchange, "", mandatory: false, properties, BitConverter.GetBytes(number));
        message.IsConfirmed = true;
    }

    private async Task ConsumeAsync(Uri uri, CancellationToken ended, Func<bool>? until = null)
    {
        var connection = await Client.ConnectAsync(uri, "consumer");
        try
        {
            var channel = await connection.CreateChannelAsync();
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var giveUp = ended.Register(() => done.TrySetResult());
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                Arrive(BitConverter.ToInt64(delivery.Body.Span));
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
                if (until?.Invoke() == true) done.TrySetResult();
            };
            await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
            if (until?.Invoke() == true) return;
            await done.Task;
        }
        finally
        {
            await connection.AbandonAsync();
        }
    }

    private void Arrive(long number)
    {
        Interlocked.Increment(ref _arrivals);
        if (!_messages.TryGetValue(number, out var message))
        {
            _ledger.Report($"message {number} came, which nobody has sent");
            return;
        }

        var earlyMs = message.DueAtMs - NowMs;
        if (earlyMs > 0) _ledger.Report($"message {number} came {earlyMs} ms before its time");
        if (message is { IsConfirmed: true, HasArrived: false }) Interlocked.Decrement(ref _missing);
        message.HasArrived = true;
    }

    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private sealed class Message(long dueAtMs)
    {
        // Written by one client, read by others.
        private volatile bool _isConfirmed;
        private volatile bool _hasArrived;

        public long DueAtMs => dueAtMs;

        public bool IsConfirmed { get => _isConfirmed; set => _isConfirmed = value; }

        public bool HasArrived { get => _hasArrived; set => _hasArrived = value; }
    }
}
