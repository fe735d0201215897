using System.Diagnostics.Metrics;
using HareMQ.Broker;
using HareMQ.Broker.Clients;
using HareMQ.Broker.DeadLetters;
using HareMQ.Broker.Statistics;

namespace HareMQ.Management.Metrics;

/// <summary>
/// The broker's numbers as <see cref="Meter"/> instruments, for OpenTelemetry and whoever else listens. All are observed: the counters are
/// there anyway, and are added up when somebody asks.
/// </summary>
internal sealed class BrokerMeter : IDisposable
{
    public const string MeterName = "HareMQ";

    /// <summary>One collection asks instrument after instrument: they get the same numbers.</summary>
    private static readonly TimeSpan s_reuse = TimeSpan.FromMilliseconds(500);

    private static readonly KeyValuePair<string, object?> s_ready = new("haremq.message.state", "ready");
    private static readonly KeyValuePair<string, object?> s_unacked = new("haremq.message.state", "unacked");

    private readonly BrokerCore _core;
    private readonly IConnectionDirectory _clients;
    private readonly TimeProvider _time;
    private readonly BrokerTotals _totals;
    private readonly Meter _meter;
    private readonly Lock _reading = new();
    private Reading? _last;
    private long _readAt;

    /// <param name="core">The broker.</param>
    /// <param name="clients">Who is connected.</param>
    /// <param name="factory">Makes the meter, and keeps it; null: it is made here.</param>
    /// <param name="node">This broker's name, which every measurement carries: several may be in one process.</param>
    /// <param name="version">This library's version.</param>
    /// <param name="time">For how long numbers are fresh.</param>
    public BrokerMeter(
        BrokerCore core, IConnectionDirectory clients, IMeterFactory? factory, string node, string version, TimeProvider time)
    {
        _core = core;
        _clients = clients;
        _time = time;
        _totals = new BrokerTotals(core);
        var options = new MeterOptions(MeterName)
        {
            Version = version,
            Tags = [new("messaging.system", "rabbitmq"), new("haremq.node.name", node)],
        };
        _meter = factory?.Create(options) ?? new Meter(options);
        AddMessages();
        AddObjects();
        AddProcess();
    }

    public void Dispose() => _meter.Dispose();

    private void AddMessages()
    {
        Counter("haremq.message.published", "{message}", "Messages taken from publishers", now => now.Counts.Channels.Publish);
        Counter("haremq.message.routed", "{message}", "Messages routed, once per queue", now => now.Counts.Channels.Routed);
        Counter("haremq.message.confirmed", "{message}", "Messages confirmed to their publishers", now => now.Counts.Channels.Confirm);
        Counter("haremq.message.returned", "{message}", "Mandatory messages returned because no queue was bound for them",
            now => now.Counts.Channels.ReturnUnroutable);
        Counter("haremq.message.dropped", "{message}", "Messages dropped because no queue was bound for them",
            now => now.Counts.Channels.DropUnroutable);
        Counter("haremq.message.delivered", "{message}", "Messages given to consumers and to basic.get, redeliveries included",
            now => now.Counts.AllQueues().DeliverGet);
        Counter("haremq.message.redelivered", "{message}", "Messages given again", now => now.Counts.AllQueues().Redeliver);
        Counter("haremq.message.acked", "{message}", "Messages acknowledged by consumers", now => now.Counts.AllQueues().Ack);
        _meter.CreateObservableCounter("haremq.message.dead_lettered", DeadLetters, "{message}", "Messages that became dead letters");
    }

    private void AddObjects()
    {
        Gauge("haremq.connection.count", "{connection}", "Connections that are open", now => now.Connections);
        Gauge("haremq.channel.count", "{channel}", "Channels that are open", now => now.Channels);
        Gauge("haremq.consumer.count", "{consumer}", "Consumers", now => now.Consumers);
        Gauge("haremq.queue.count", "{queue}", "Queues", now => now.Queues);
        _meter.CreateObservableUpDownCounter(
            "haremq.queue.messages", () => PerState(Now().Ready, Now().Unacked), "{message}", "Messages in queues");
        _meter.CreateObservableUpDownCounter(
            "haremq.queue.size", () => PerState(Now().ReadyBytes, Now().UnackedBytes), "By", "Bodies of messages in queues");
        Counter("haremq.connection.opened", "{connection}", "Connections opened", _ => _core.Churn.ConnectionsCreated);
        Counter("haremq.connection.closed", "{connection}", "Connections closed", _ => _core.Churn.ConnectionsClosed);
        _meter.CreateObservableCounter("haremq.connection.logins", Logins, "{login}", "Logins that were tried");
    }

    private void AddProcess()
    {
        Gauge("haremq.memory.usage", "By", "Resident memory of the process", _ => Environment.WorkingSet);
        Gauge("haremq.memory.limit", "By", "Resident memory above which publishers are blocked", _ => _core.Resources.MemoryLimitBytes);
        Gauge("haremq.disk.free", "By", "Free space on the disk of the data directory", _ => _core.Resources.DiskFreeBytes);
        Gauge("haremq.disk.limit", "By", "Free space below which publishers are blocked", _ => _core.Resources.DiskFreeLimitBytes);
        Gauge("haremq.alarm.count", "{alarm}", "Alarms that block publishers",
            _ => long.PopCount((long)_core.Alarms.Current));
    }

    private IEnumerable<Measurement<long>> DeadLetters()
    {
        var queues = Now().Counts.Queues;
        foreach (var reason in (DeathReason[])[DeathReason.Rejected, DeathReason.Expired, DeathReason.MaxLength, DeathReason.DeliveryLimit])
        {
            var count = queues.Sum(totals => totals.Deaths.Of(reason, hasExchange: true));
            yield return new Measurement<long>(count, new KeyValuePair<string, object?>("haremq.message.death_reason", reason.Text()));
        }
    }

    private IEnumerable<Measurement<long>> Logins()
    {
        foreach (var (protocol, counts) in ((string, LoginCounts)[])[("amqp", _core.AmqpLogins.Ever), ("http", _core.HttpLogins.Ever)])
        {
            var name = new KeyValuePair<string, object?>("network.protocol.name", protocol);
            yield return new Measurement<long>(counts.Succeeded, name, new("haremq.login.result", "succeeded"));
            yield return new Measurement<long>(counts.Failed, name, new("haremq.login.result", "failed"));
        }
    }

    private static Measurement<long>[] PerState(long ready, long unacked) => [new(ready, s_ready), new(unacked, s_unacked)];

    private void Counter(string name, string unit, string description, Func<Reading, long> read) =>
        _meter.CreateObservableCounter(name, () => read(Now()), unit, description);

    private void Gauge(string name, string unit, string description, Func<Reading, long> read) =>
        _meter.CreateObservableUpDownCounter(name, () => read(Now()), unit, description);

    private Reading Now()
    {
        lock (_reading)
        {
            if (_last is { } last && _time.GetElapsedTime(_readAt) < s_reuse) return last;
            var scrape = new Scrape(_core, _clients);
            var queues = scrape.Queues;
            _last = new Reading(
                _totals.Add(scrape.Connections, queues),
                scrape.Connections.Count, scrape.Channels.Count, scrape.ConsumerCount, queues.Count,
                queues.Sum(queue => queue.ReadyCount), queues.Sum(queue => queue.UnsettledCount),
                queues.Sum(queue => queue.ReadyBodyBytes), queues.Sum(queue => queue.UnsettledBodyBytes));
            _readAt = _time.GetTimestamp();
            return _last;
        }
    }

    /// <summary>Numbers alone: queues and connections must not be kept by what was once asked about them.</summary>
    private sealed record Reading(
        BrokerCounts Counts, int Connections, int Channels, int Consumers, int Queues, long Ready, long Unacked, long ReadyBytes,
        long UnackedBytes);
}
