using System.Globalization;
using System.Text;
using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Crash.Traffic;

/// <summary>
/// Makes and deletes queues, exchanges and bindings of names that are its own, one at a time, and knows which must be there. In
/// each new queue it leaves a confirmed message that says which queue of that name it is.
/// </summary>
internal sealed class DefinitionsWorker(int number, Ledger all, int seed)
{
    private const int Names = 6;
    private static readonly BasicProperties s_persistent = new() { Persistent = true };

    private readonly Random _random = new(seed);
    private readonly Queue[] _queues = [.. Enumerable.Range(0, Names).Select(_ => new Queue())];
    private readonly Presence[] _exchanges = new Presence[Names];
    private readonly Presence[,] _bindings = new Presence[Names, Names];
    private int _markers;

    /// <summary>Unknown: it was being changed when the broker died.</summary>
    private enum Presence
    {
        Absent,
        Present,
        Unknown,
    }

    public int AnsweredCount { get; private set; }

    public async Task RunAsync(Life life)
    {
        var connection = await Client.ConnectAsync(life.Uri, $"worker {number}");
        try
        {
            var channel = await connection.OpenTrackingChannelAsync();
            while (!life.Ended.IsCancellationRequested)
            {
                await ChangeAsync(channel, _random.Next(Names), _random.Next(Names));
                AnsweredCount++;
            }
        }
        finally
        {
            await connection.AbandonAsync();
        }
    }

    /// <summary>Compares the broker with what was answered.</summary>
    public async Task CheckAsync(Uri uri)
    {
        await using var connection = await Client.ConnectAsync(uri, $"check of worker {number}");
        for (var i = 0; i < Names; i++)
        {
            await CheckQueueAsync(connection, i);
            var exchange = ExchangeName(i);
            var isThere = await ExistsAsync(connection, channel => channel.ExchangeDeclarePassiveAsync(exchange));
            _exchanges[i] = Compare(exchange, _exchanges[i], isThere);
        }

        await using var publishing = await connection.OpenTrackingChannelAsync();
        for (var queue = 0; queue < Names; queue++)
            for (var exchange = 0; exchange < Names; exchange++) await CheckBindingAsync(publishing, queue, exchange);

        // The messages of the checks.
        for (var i = 0; i < Names; i++)
            if (_queues[i].Presence == Presence.Present) await publishing.QueuePurgeAsync(QueueName(i));
        await connection.CloseAsync();
    }

    private async Task ChangeAsync(IChannel channel, int queue, int exchange)
    {
        switch (_random.Next(8))
        {
            case 0 or 1:
                await DeclareQueueAsync(channel, queue);
                break;
            case 2:
                ForgetQueue(queue, Presence.Unknown);
                await channel.QueueDeleteAsync(QueueName(queue));
                ForgetQueue(queue, Presence.Absent);
                break;
            case 3 or 4:
                if (_exchanges[exchange] == Presence.Present) break;
                _exchanges[exchange] = Presence.Unknown;
                await channel.ExchangeDeclareAsync(ExchangeName(exchange), ExchangeType.Direct, durable: true);
                _exchanges[exchange] = Presence.Present;
                break;
            case 5:
                ForgetExchange(exchange, Presence.Unknown);
                await channel.ExchangeDeleteAsync(ExchangeName(exchange));
                ForgetExchange(exchange, Presence.Absent);
                break;
            default:
                if (_exchanges[exchange] != Presence.Present || _queues[queue].Presence != Presence.Present) break;
                var isBound = _bindings[queue, exchange] == Presence.Present;
                _bindings[queue, exchange] = Presence.Unknown;
                if (isBound) await channel.QueueUnbindAsync(QueueName(queue), ExchangeName(exchange), Key(queue));
                else await channel.QueueBindAsync(QueueName(queue), ExchangeName(exchange), Key(queue));
                _bindings[queue, exchange] = isBound ? Presence.Absent : Presence.Present;
                break;
        }
    }

    private async Task DeclareQueueAsync(IChannel channel, int index)
    {
        var queue = _queues[index];
        if (queue.Presence == Presence.Present) return;
        queue.Presence = Presence.Unknown;
        await channel.QueueDeclareAsync(QueueName(index), durable: true, exclusive: false, autoDelete: false);
        queue.Presence = Presence.Present;
        queue.Marker = Marker.Unknown(++_markers);
        await channel.BasicPublishAsync("", QueueName(index), mandatory: true, s_persistent, Encoding.ASCII.GetBytes(queue.Marker.Text));
        queue.Marker = queue.Marker with { IsKnown = true };
    }

    private void ForgetQueue(int queue, Presence left)
    {
        if (_queues[queue].Presence == Presence.Absent) return;
        _queues[queue].Presence = left;
        _queues[queue].Marker = Marker.None;
        for (var exchange = 0; exchange < Names; exchange++) Forget(ref _bindings[queue, exchange], left);
    }

    private void ForgetExchange(int exchange, Presence left)
    {
        Forget(ref _exchanges[exchange], left);
        for (var queue = 0; queue < Names; queue++) Forget(ref _bindings[queue, exchange], left);
    }

    private static void Forget(ref Presence presence, Presence left)
    {
        if (presence != Presence.Absent) presence = left;
    }

    private async Task CheckQueueAsync(IConnection connection, int index)
    {
        var (queue, name) = (_queues[index], QueueName(index));
        var isCertain = queue.Presence == Presence.Present;
        queue.Presence = Compare(name, queue.Presence, await ExistsAsync(connection, channel => channel.QueueDeclarePassiveAsync(name)));
        var marker = queue.Marker;
        queue.Marker = Marker.None;
        if (queue.Presence != Presence.Present || !isCertain) return;

        await using var reading = await connection.CreateChannelAsync();
        var first = await reading.BasicGetAsync(name, autoAck: true);
        var text = first is null ? "" : Encoding.ASCII.GetString(first.Body.Span);
        if (text != marker.Text && (marker.IsKnown || text.Length > 0))
            all.Report($"{name} holds the message '{text}' instead of '{marker.Text}'");
        if (await reading.BasicGetAsync(name, autoAck: true) is { } second)
            all.Report($"{name} holds a second message '{Encoding.ASCII.GetString(second.Body.Span)}'");
    }

    private async Task CheckBindingAsync(IChannel channel, int queue, int exchange)
    {
        if (_queues[queue].Presence != Presence.Present || _exchanges[exchange] != Presence.Present)
        {
            _bindings[queue, exchange] = Presence.Absent;
            return;
        }

        var isRouted = true;
        try
        {
            await channel.BasicPublishAsync(ExchangeName(exchange), Key(queue), mandatory: true, s_persistent, ReadOnlyMemory<byte>.Empty);
        }
        catch (PublishException returned) when (returned.IsReturn)
        {
            isRouted = false;
        }

        var name = $"the binding of {QueueName(queue)} to {ExchangeName(exchange)}";
        _bindings[queue, exchange] = Compare(name, _bindings[queue, exchange], isRouted);
    }

    /// <returns>What is there in truth.</returns>
    private Presence Compare(string name, Presence expected, bool isThere)
    {
        if (expected == Presence.Present && !isThere) all.Report($"{name} is missing, its declaration was answered");
        if (expected == Presence.Absent && isThere) all.Report($"{name} is there, its deletion was answered");
        return isThere ? Presence.Present : Presence.Absent;
    }

    private static async Task<bool> ExistsAsync(IConnection connection, Func<IChannel, Task> declarePassively)
    {
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            await declarePassively(channel);
            return true;
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == 404)
        {
            return false;
        }
    }

    private string QueueName(int index) => string.Create(CultureInfo.InvariantCulture, $"crash.queue.{number}.{index}");

    private string ExchangeName(int index) => string.Create(CultureInfo.InvariantCulture, $"crash.exchange.{number}.{index}");

    private static string Key(int queue) => string.Create(CultureInfo.InvariantCulture, $"key.{queue}");

    private sealed class Queue
    {
        public Presence Presence { get; set; }

        public Marker Marker { get; set; } = Marker.None;
    }

    /// <param name="Text">The message that the queue must hold, empty = none.</param>
    /// <param name="IsKnown">It was confirmed, so it must be there; otherwise it may.</param>
    private sealed record Marker(string Text, bool IsKnown)
    {
        public static Marker None { get; } = new("", IsKnown: true);

        public static Marker Unknown(int count) => new(string.Create(CultureInfo.InvariantCulture, $"marker {count}"), IsKnown: false);
    }
}
