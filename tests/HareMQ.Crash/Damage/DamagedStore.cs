using System.Diagnostics;
using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Crash.Damage;

/// <summary>
/// The files of a killed broker whose content is known: a queue over several segments, some of it delivered and some of that
/// acknowledged, and queues of one message each whose definitions were the last to be written. Made once, damaged in copies.
/// </summary>
internal sealed class DamagedStore(int seed) : IDisposable
{
    public const int DefinedQueues = 4;
    private const string Queue = "crash.damage";
    private const string DefinedQueue = "crash.defined.";
    private const int Messages = 500;
    private const int Delivered = 300;

    private static readonly BasicProperties s_persistent = new() { Persistent = true };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("haremq-crash-store-");
    private readonly List<MessageId> _delivered = [];
    private readonly List<MessageId> _acknowledged = [];
    private bool _isMade;

    private string DataDirectory => Path.Combine(_directory.FullName, "data");

    public static string NameOfDefined(int index) => DefinedQueue + (char)('a' + index);

    /// <summary>What the last queues hold: longer than chance, so it can be found in files.</summary>
    public static byte[] BodyOfDefined(int index) => MessageBody.Create(new MessageId(1000 + index, 1), 256);

    public async Task CopyToAsync(string dataDirectory)
    {
        if (!_isMade) await MakeAsync(new Random(seed));
        _isMade = true;
        foreach (var from in Directory.GetFiles(DataDirectory, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(dataDirectory, Path.GetRelativePath(DataDirectory, from));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
        }
    }

    /// <summary>A ledger that knows what was published, delivered and acknowledged, for what comes after the damage.</summary>
    public Ledger CreateLedger(Damaged damaged)
    {
        var ledger = new Ledger();
        var queue = ledger.AddQueue(Queue);
        var publisher = ledger.AddPublisher(queue);
        ledger.BeginGeneration();
        for (var i = 0; i < Messages; i++) publisher.Next();
        publisher.Confirm(Messages, multiple: true);
        if (damaged.AcknowledgementsLost)
        {
            foreach (var id in _acknowledged) queue.MayComeBack(id);
        }
        else
        {
            foreach (var id in _delivered) queue.Receive(id, consumer: 0, redelivered: false, ledger.Generation);
            foreach (var id in _acknowledged) queue.Acknowledge(id);
            queue.Answered(_acknowledged, ledger.Generation);
        }

        ledger.EndGeneration(Stopwatch.GetTimestamp(), settlingTime: TimeSpan.Zero);
        // Acknowledged ones are gone for good, damaged or not.
        foreach (var id in damaged.Lost.Except(_acknowledged)) publisher.Withdraw(id.Sequence);
        ledger.BeginGeneration();
        return ledger;
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task MakeAsync(Random random)
    {
        await using var broker = await BrokerProcess.StartAsync(DataDirectory);
        await using var connection = await Client.ConnectAsync(broker.Uri, "store");
        await using var channel = await connection.OpenTrackingChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await Task.WhenAll(Enumerable.Range(1, Messages - 1).Select(sequence => PublishAsync(channel, sequence)));
        await DeliverAsync(channel, random);
        // In a turn of its own: when it is confirmed, the turn that took the acks has ended and written them down.
        await PublishAsync(channel, Messages);
        for (var i = 0; i < DefinedQueues; i++)
        {
            await channel.QueueDeclareAsync(NameOfDefined(i), durable: true, exclusive: false, autoDelete: false);
            await channel.BasicPublishAsync("", NameOfDefined(i), mandatory: true, s_persistent, BodyOfDefined(i));
        }

        await broker.KillAsync();
    }

    private static async Task PublishAsync(IChannel channel, long sequence) => await channel.BasicPublishAsync(
        "", Queue, mandatory: true, s_persistent, MessageBody.Create(new MessageId(1, sequence)));

    private async Task DeliverAsync(IChannel channel, Random random)
    {
        var delivered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await channel.BasicQosAsync(0, Delivered, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        var tags = new List<ulong>();
        consumer.ReceivedAsync += (_, delivery) =>
        {
            if (!MessageBody.TryRead(delivery.Body.Span, bytes: null, out var id))
                delivered.TrySetException(new BrokenPromiseException($"{id} came corrupt before any damage"));
            _delivered.Add(id);
            tags.Add(delivery.DeliveryTag);
            if (_delivered.Count == Delivered) delivered.TrySetResult();
            return Task.CompletedTask;
        };
        var consumerTag = await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
        await delivered.Task.WaitAsync(BrokerProcess.Patience);
        await channel.BasicCancelAsync(consumerTag);
        for (var i = 0; i < Delivered; i++)
        {
            if (random.Next(4) != 0) continue;
            await channel.BasicAckAsync(tags[i], multiple: false);
            _acknowledged.Add(_delivered[i]);
            if (random.Next(8) == 0) await channel.QueueDeclarePassiveAsync(Queue);
        }

        await channel.QueueDeclarePassiveAsync(Queue);
    }
}
