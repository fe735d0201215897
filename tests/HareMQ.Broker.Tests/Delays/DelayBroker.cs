using System.Text;
using HareMQ.Broker.Delays;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Tests.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Delays;

/// <summary>A broker with one delayed exchange "later", and a queue "q" that is bound to it by the key "q".</summary>
internal sealed class DelayBroker : IAsyncDisposable
{
    public const string Exchange = "later";
    public const string Queue = "q";

    private DelayBroker(LifeBroker broker) => Broker = broker;

    public LifeBroker Broker { get; }

    public DelayedMessages Pending => Broker.VirtualHost.TryGetDelayed(DelayedMessages.NamePrefix + Exchange, out var pending)
        ? pending
        : throw new InvalidOperationException("no delayed exchange");

    public static async Task<DelayBroker> StartAsync(string type = "direct", bool durable = true)
    {
        var broker = new DelayBroker(await LifeBroker.StartAsync());
        await broker.DeclareExchangeAsync(Exchange, type, durable);
        await broker.Broker.DeclareAsync(Queue);
        await broker.BindAsync(Exchange, Queue, Queue);
        return broker;
    }

    public ValueTask DisposeAsync() => Broker.DisposeAsync();

    public async Task<Exchange> DeclareExchangeAsync(string name, string type, bool durable = true)
    {
        var arguments = new FieldTableBuilder().Add("x-delayed-type", type).ToTable();
        return await Broker.VirtualHost.DeclareExchangeAsync(
            name, DelayedExchange.TypeName, durable, autoDelete: false, isInternal: false, arguments);
    }

    public async Task BindAsync(string exchange, string queue, string key) => await Broker.VirtualHost.BindAsync(
        Broker.VirtualHost.GetExchange(exchange), Broker.Queue(queue), key, FieldTable.Empty);

    public void Publish(string text, long delayMs, string key = Queue, bool persistent = true, long expirationMs = -1) =>
        Publish([(text, FieldValue.FromLong(delayMs))], key, persistent, expirationMs);

    public void Publish(
        IEnumerable<(string Text, FieldValue Delay)> messages, string key = Queue, bool persistent = true, long expirationMs = -1,
        Action<BasicPropertiesBuilder>? change = null)
    {
        var topology = Broker.VirtualHost.Topology;
        var batch = PublishBatch.Rent(new BatchOwner());
        foreach (var (text, delay) in messages)
        {
            var builder = new BasicPropertiesBuilder([0, 0]).SetHeader("x-delay", delay);
            if (expirationMs >= 0) builder.SetExpiration(expirationMs.ToString(System.Globalization.CultureInfo.InvariantCulture));
            change?.Invoke(builder);
            var properties = builder.ToEncoded();
            var routingKey = Encoding.UTF8.GetBytes(key);
            var targets = topology.Route(Broker.VirtualHost.GetExchange(Exchange), routingKey, BasicProperties.Read(properties));
            var body = Encoding.UTF8.GetBytes(text);
            var head = new MessageHead
            {
                Exchange = Encoding.UTF8.GetBytes(Exchange),
                RoutingKey = routingKey,
                Properties = properties,
                Persistent = persistent,
                TimestampMs = Broker.Time.NowMs,
                ExpiresAtMs = expirationMs >= 0 ? Broker.Time.NowMs + expirationMs : 0,
            };
            body.CopyTo(batch.Begin(head, body.Length));
            batch.End(targets);
        }

        batch.Dispatch(runInline: true);
        Broker.Run();
    }

    /// <summary>Lets time pass, with a turn whenever a timer asks for one.</summary>
    public async Task PassAsync(long milliseconds)
    {
        var endMs = Broker.Time.NowMs + milliseconds;
        await SettleAsync();
        while (Broker.Time.NextDueAtMs is { } nextMs && nextMs <= endMs)
        {
            Broker.Advance(Math.Max(0, nextMs - Broker.Time.NowMs));
            await SettleAsync();
        }

        Broker.Advance(endMs - Broker.Time.NowMs);
        await SettleAsync();
    }

    /// <summary>Until nothing is on its way.</summary>
    public Task SettleAsync() => Broker.UntilAsync(() => !Pending.IsBusy && Broker.Scheduler.IsIdle);

    public async Task RestartAsync()
    {
        await SettleAsync();
        await Broker.RestartAsync();
        await SettleAsync();
    }

    public Task<string[]> TakeAllAsync() => Broker.TakeAllAsync(Queue);
}
