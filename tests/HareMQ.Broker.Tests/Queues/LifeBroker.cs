using System.Collections.Concurrent;
using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Scheduling;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;
using HareMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>A broker core whose turns and time run when the test says so.</summary>
internal sealed class LifeBroker : IAsyncDisposable
{
    private readonly TemporaryStore _store = new();
    private BrokerCore _core = null!;
    private ulong? _brokenLog;

    public LifeTime Time { get; } = new();

    public LifeScheduler Scheduler { get; } = new();

    public BrokerCore Core => _core;

    public MessageStore Store => _store.Store;

    public VirtualHost VirtualHost => _core.TryGetVirtualHost("/", out var found) ? found : throw new InvalidOperationException("no virtual host");

    public static async Task<LifeBroker> StartAsync()
    {
        var broker = new LifeBroker();
        broker._core = await broker.OpenAsync();
        return broker;
    }

    /// <summary>The queue, which has messages, can write no further file until the broker is restarted.</summary>
    public void Break(MessageQueue queue)
    {
        _brokenLog = queue.LogId;
        _store.BreakDirectoryOf(queue.LogId);
    }

    public async Task RestartAsync()
    {
        await CloseAsync();
        if (_brokenLog is { } log) _store.MendDirectoryOf(log);
        _brokenLog = null;
        _store.Reopen();
        _core = await OpenAsync();
        Run();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _store.Dispose();
    }

    public void Run() => Scheduler.RunAll();

    /// <summary>Runs turns until the condition holds: confirms of dead letters come from other threads.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "the condition does not come true");
            Run();
            await Task.Yield();
        }
    }

    /// <summary>Runs turns until the request has its answer: a turn that another thread is about to schedule may be the one that gives it.</summary>
    public async Task<T> EndOfAsync<T>(Task<T> request)
    {
        await UntilAsync(() => request.IsCompleted);
        return await request;
    }

    /// <summary>Lets time pass and does what became due.</summary>
    public void Advance(long milliseconds)
    {
        Time.Advance(milliseconds);
        Run();
    }

    public Task<MessageQueue> DeclareAsync(string name, params (string Name, object Value)[] arguments) =>
        DeclareAsync(TestMessages.Declaration(name), arguments);

    public async Task<MessageQueue> DeclareAsync(QueueDeclaration declaration, params (string Name, object Value)[] arguments)
    {
        var table = new FieldTableBuilder();
        foreach (var (argument, value) in arguments)
        {
            table.Add(argument, value switch
            {
                int number => FieldValue.FromInt(number),
                bool flag => FieldValue.FromBool(flag),
                _ => FieldValue.FromString((string)value),
            });
        }

        return await VirtualHost.DeclareQueueAsync(declaration with { Arguments = table.ToTable() });
    }

    public MessageQueue Queue(string name) => VirtualHost.GetQueue(name, this);

    /// <summary>Publishes to the default exchange.</summary>
    public void Publish(string queue, string text, long expirationMs = -1, byte priority = 0, byte[]? properties = null, bool persistent = true) =>
        Publish(Queue(queue), text, expirationMs, priority, properties, persistent);

    public void Publish(
        IPublishTarget target, string text, long expirationMs = -1, byte priority = 0, byte[]? properties = null, bool persistent = true)
    {
        var batch = PublishBatch.Rent(new BatchOwner());
        Add(batch, target, text, expirationMs, priority, properties, persistent);
        batch.Dispatch(runInline: true);
        Run();
    }

    public void Add(
        PublishBatch batch, IPublishTarget target, string text, long expirationMs = -1, byte priority = 0, byte[]? properties = null,
        bool persistent = true)
    {
        var encoded = new BasicPropertiesBuilder(properties ?? [0, 0]);
        if (expirationMs >= 0) encoded.SetExpiration(expirationMs.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var body = Encoding.UTF8.GetBytes(text);
        var head = new MessageHead
        {
            Exchange = ""u8,
            RoutingKey = Encoding.UTF8.GetBytes(target.Name),
            Properties = encoded.ToEncoded(),
            Persistent = persistent,
            Priority = priority,
            TimestampMs = Time.NowMs,
            ExpiresAtMs = expirationMs >= 0 ? Time.NowMs + expirationMs : 0,
        };
        body.CopyTo(batch.Begin(head, body.Length));
        batch.End(new RouteTargets([target]));
    }

    /// <summary>Takes the first message without settling it.</summary>
    public async Task<LifeMessage?> GetAsync(string queue, bool autoAck = false)
    {
        var channel = new LifeChannel();
        return await EndOfAsync(Queue(queue).GetAsync(channel, autoAck)) ? Assert.Single(channel.Received) : null;
    }

    /// <summary>Takes and settles all that is ready.</summary>
    public async Task<string[]> TakeAllAsync(string queue)
    {
        var texts = new List<string>();
        while (await GetAsync(queue, autoAck: true) is { } message) texts.Add(message.Text);
        return [.. texts];
    }

    public async Task<LifeChannel> ConsumeAsync(string queue, int prefetch = 0, bool autoAck = false)
    {
        var channel = new LifeChannel();
        await EndOfAsync(Queue(queue).ConsumeAsync(TestMessages.Consumer(channel, prefetch, autoAck), () => { }));
        return channel;
    }

    public void Settle(Settlement settlement, params LifeMessage[] messages)
    {
        TestMessages.Settle(settlement, Array.ConvertAll(messages, message => message.Delivery));
        Run();
    }

    private Task<BrokerCore> OpenAsync() =>
        BrokerCore.OpenAsync(_store.Store, new BrokerCoreOptions(), Scheduler, NullLogger.Instance, Time);

    private async Task CloseAsync()
    {
        var closing = _core.DisposeAsync().AsTask();
        await UntilAsync(() => closing.IsCompleted);
        await closing;
    }
}

/// <summary>Runs turns when the test says so, on the test's thread. Any thread may schedule.</summary>
internal sealed class LifeScheduler : ITurnScheduler
{
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _turns = new();

    public bool IsIdle => _turns.IsEmpty;

    public void Schedule(IThreadPoolWorkItem turn) => _turns.Enqueue(turn);

    public void RunAll()
    {
        while (RunOne())
        {
        }
    }

    /// <returns>False when there is none.</returns>
    public bool RunOne()
    {
        if (!_turns.TryDequeue(out var turn)) return false;
        turn.Execute();
        return true;
    }
}

/// <param name="Properties">As they were delivered, encoded.</param>
internal sealed record LifeMessage(string Text, string RoutingKey, byte[] Properties, bool Redelivered, Delivery Delivery)
{
    public FieldTable Headers => FieldTable.FromEncoded(BasicProperties.Read(Properties).Headers);
}

/// <summary>A channel that keeps whole messages.</summary>
internal sealed class LifeChannel : IDeliveryChannel
{
    public List<LifeMessage> Received { get; } = [];

    public string[] Texts => [.. Received.Select(message => message.Text)];

    public SharedCredit? SharedCredit => null;

    public DeliverResult Deliver(Consumer consumer, in MessageView message, in Delivery delivery, bool redelivered) =>
        Keep(message, delivery, redelivered);

    public DeliverResult DeliverGet(in MessageView message, in Delivery delivery, bool redelivered, bool autoAck, long remaining) =>
        Keep(message, delivery, redelivered);

    public void FlushDeliveries()
    {
    }

    public void WakeWaitingConsumers()
    {
    }

    public void CancelledByServer(Consumer consumer)
    {
    }

    private DeliverResult Keep(in MessageView message, in Delivery delivery, bool redelivered)
    {
        Received.Add(new LifeMessage(
            Encoding.UTF8.GetString(message.Body), Encoding.UTF8.GetString(message.RoutingKey), message.Properties.ToArray(), redelivered, delivery));
        return DeliverResult.Taken;
    }
}
