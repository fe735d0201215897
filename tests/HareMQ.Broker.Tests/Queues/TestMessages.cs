using System.Buffers.Binary;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>Messages whose body begins with a number, published and settled as a connection does it.</summary>
internal static class TestMessages
{
    public static ulong IdOf(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadUInt64LittleEndian(body);

    public static void Add(PublishBatch batch, RouteTargets targets, ulong id, bool persistent = true, int bodyBytes = sizeof(ulong))
    {
        var head = new MessageHead
        {
            Exchange = "amq.direct"u8,
            RoutingKey = "key"u8,
            Properties = [0, 0],
            Persistent = persistent,
            TimestampMs = 1,
        };
        var body = batch.Begin(head, bodyBytes);
        body.Fill((byte)id);
        BinaryPrimitives.WriteUInt64LittleEndian(body, id);
        batch.End(targets);
    }

    public static void Publish(MessageQueue queue, params ReadOnlySpan<ulong> ids)
    {
        var batch = PublishBatch.Rent(new BatchOwner());
        var targets = new RouteTargets([queue]);
        foreach (var id in ids) Add(batch, targets, id);
        batch.Dispatch(runInline: true);
    }

    public static void Settle(Settlement settlement, params ReadOnlySpan<Delivery> deliveries)
    {
        var batch = SettleBatch.Rent(settlement);
        foreach (ref readonly var delivery in deliveries) batch.Add(delivery);
        deliveries[0].Queue.Settle(batch, runInline: true);
    }

    public static Consumer Consumer(IDeliveryChannel channel, int prefetch = 0, bool autoAck = false, int priority = 0, bool exclusive = false) =>
        new(channel, "tag", autoAck, exclusive, prefetch, priority, FieldTable.Empty);

    public static QueueDeclaration Declaration(string name = "q", bool durable = true, bool autoDelete = false) =>
        new(name, durable, autoDelete, Owner: null, FieldTable.Empty);
}

/// <summary>Counts the batches that have ended.</summary>
internal sealed class BatchOwner : IBatchOwner
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ended;

    public void BatchEnded(int bytes)
    {
        lock (_lock)
        {
            _ended++;
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes when that many batches have ended, their confirms included.</summary>
    public async Task WaitForAsync(int count)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                Assert.True(_ended <= count, "a batch has ended twice");
                if (_ended == count) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(TestContext.Current.CancellationToken);
        }
    }
}

/// <summary>Remembers what became of the publishes of one channel.</summary>
internal sealed class ConfirmLog : IConfirmSink
{
    private int _confirmed;
    private int _refused;

    public int Confirmed => Volatile.Read(ref _confirmed);

    public int Refused => Volatile.Read(ref _refused);

    public void Complete(ConfirmTicket ticket) => Interlocked.Increment(ref ticket.Refused ? ref _refused : ref _confirmed);
}

/// <summary>A target that lets everything go.</summary>
internal sealed class Sink : IPublishTarget
{
    public string Name => "sink";

    public bool Durable => false;

    public void Publish(PublishBatch batch, int slot, bool runInline)
    {
        batch.Taken();
        batch.Accepted();
    }
}
