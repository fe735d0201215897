using BenchmarkDotNet.Attributes;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Scheduling;
using HareMQ.Protocol;
using HareMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Microbenchmarks;

/// <summary>A batch of 64 messages of 1 KB through a queue over a real store: encoded, taken, delivered, settled. No socket, one thread.</summary>
[MemoryDiagnoser]
public class MessageQueueBenchmark : IBatchOwner, IDisposable
{
    private const int BatchMessages = 64;
    private const int BodyBytes = 1024;

    private readonly string _directory = Directory.CreateTempSubdirectory("haremq-benchmark-").FullName;
    private MessageStore? _store;
    private MessageQueue? _queue;
    private RouteTargets? _targets;
    private Channel? _channel;

    [Params(false, true)]
    public bool Persistent { get; set; }

    [Params(false, true)]
    public bool AutoAck { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _store = MessageStore.Open(new StoreOptions { DataDirectory = _directory, Durability = Durability.Os });
        var declaration = new QueueDeclaration("q", Durable: true, AutoDelete: false, Owner: null, FieldTable.Empty);
        _queue = new MessageQueue("/", declaration, 1, _store.OpenLog(1), ThreadPoolTurnScheduler.Instance, NullLogger.Instance);
        _targets = new RouteTargets([_queue]);
        _channel = new Channel();
        var consumer = new Consumer(_channel, "c", AutoAck, exclusive: false, prefetch: 0, priority: 0, FieldTable.Empty);
        _queue.ConsumeAsync(consumer, () => { }).GetAwaiter().GetResult();
    }

    [Benchmark(OperationsPerInvoke = BatchMessages)]
    public void PublishDeliverSettle()
    {
        var batch = PublishBatch.Rent(this);
        for (var i = 0; i < BatchMessages; i++)
        {
            var head = new MessageHead
            {
                Exchange = default,
                RoutingKey = "q"u8,
                Properties = [0x10, 0, 2],
                Persistent = Persistent,
                TimestampMs = 1,
            };
            batch.Begin(head, BodyBytes).Clear();
            batch.End(_targets!);
        }

        batch.Dispatch(runInline: true);
        _channel!.SettleAll();
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _queue?.CloseAsync().GetAwaiter().GetResult();
        _store?.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes everything, and acknowledges it a batch at a time as a connection does.</summary>
    private sealed class Channel : IDeliveryChannel
    {
        private readonly List<Delivery> _out = [];

        public SharedCredit? SharedCredit => null;

        public DeliverResult Deliver(Consumer consumer, in MessageView message, in Delivery delivery, bool redelivered)
        {
            if (!consumer.AutoAck) _out.Add(delivery);
            return DeliverResult.Taken;
        }

        public DeliverResult DeliverGet(in MessageView message, in Delivery delivery, bool redelivered, bool autoAck, long remaining) =>
            DeliverResult.Taken;

        public void SettleAll()
        {
            if (_out.Count == 0) return;
            var batch = SettleBatch.Rent(Settlement.Acknowledge);
            foreach (var delivery in _out) batch.Add(delivery);
            _out.Clear();
            batch.Items[0].Queue.Settle(batch, runInline: true);
        }

        public void FlushDeliveries()
        {
        }

        public void WakeWaitingConsumers()
        {
        }

        public void CancelledByServer(Consumer consumer)
        {
        }
    }
}
