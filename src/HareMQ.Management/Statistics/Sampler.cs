using System.Runtime.InteropServices;
using HareMQ.Broker;
using HareMQ.Broker.Clients;
using HareMQ.Broker.Statistics;
using HareMQ.Broker.VirtualHosts;

namespace HareMQ.Management.Statistics;

/// <summary>
/// Looks at all counters every few seconds. What changes gets a <see cref="Series"/>; what has been quiet for as long as samples are kept (ten
/// minutes, if nobody says otherwise) loses it again, so a thing at rest costs nothing.
/// </summary>
internal sealed class Sampler(BrokerCore core, IConnectionDirectory clients, Retention retention, TimeProvider time) : IDisposable
{
    public const long IntervalMs = 5_000;

    /// <summary>Things that keep samples (of ten minutes up to 15 KB each); others have rates alone.</summary>
    private const int HistoriesMax = 2_000;

    private readonly long _forgetAfterMs = retention.Basic[^1].PeriodMs + IntervalMs;
    private readonly Lock _sampling = new();
    private ITimer? _timer;
    private int _histories;
    private bool _isFirst = true;
    private long _lastAtMs;

    public void Start(Action<Exception> onError)
    {
        Sample();
        var interval = TimeSpan.FromMilliseconds(IntervalMs);
        _timer = time.CreateTimer(_ =>
        {
            try
            {
                Sample();
            }
            catch (Exception error)
            {
                onError(error);
            }
        }, null, interval, interval);
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>Takes one sample of everything. Normally the timer's work.</summary>
    public void Sample()
    {
        lock (_sampling)
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            _histories = 0;
            var live = SampleClients(nowMs);
            var all = new MessageCounts();
            var lengths = new long[3];
            foreach (var virtualHost in core.VirtualHosts)
            {
                foreach (var queue in virtualHost.Queues) Look(queue.Messages, Numbers.Of(queue), nowMs);
                foreach (var exchange in virtualHost.Topology.Exchanges) Look(exchange.Messages, Numbers.Of(exchange.Messages), nowMs);
                var counted = live.GetValueOrDefault(virtualHost.Name);
                var own = Numbers.Of(virtualHost, counted);
                for (var i = 0; i < lengths.Length; i++) lengths[i] += own[i];
                all.Add(Total(virtualHost, counted));
                Look(virtualHost.Messages, own, nowMs, isGlobal: true);
            }

            Look(core.Churn, [.. lengths, .. Numbers.Of(all), .. Numbers.Of(core.Churn)], nowMs, isGlobal: true);
            _isFirst = false;
            _lastAtMs = nowMs;
        }
    }

    /// <summary>Forgets what was sampled of queues, exchanges, virtual hosts and the broker; the counters themselves go on.</summary>
    public void Forget()
    {
        lock (_sampling)
        {
            foreach (var virtualHost in core.VirtualHosts)
            {
                foreach (var queue in virtualHost.Queues) queue.Messages.Series = null;
                foreach (var exchange in virtualHost.Topology.Exchanges) exchange.Messages.Series = null;
                virtualHost.Messages.Series = null;
            }

            core.Churn.Series = null;
        }
    }

    /// <summary>What has happened to messages in a virtual host, by its channels of now and before.</summary>
    public static MessageCounts Total(VirtualHost virtualHost, ClientCounts? live)
    {
        var sum = new MessageCounts();
        if (live is not null) sum.Add(live.Messages);
        virtualHost.PastMessages.AddTo(sum);
        return sum;
    }

    /// <summary>What the clients of now have counted, by virtual host.</summary>
    public Dictionary<string, ClientCounts> CountClients()
    {
        var live = new Dictionary<string, ClientCounts>(StringComparer.Ordinal);
        foreach (var connection in clients.Connections) Count(connection, live);
        return live;
    }

    private static void Count(ConnectionSnapshot connection, Dictionary<string, ClientCounts> live)
    {
        if (connection.VirtualHost.Length == 0) return;
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(live, connection.VirtualHost, out _);
        sum ??= new ClientCounts();
        sum.Add(connection);
    }

    private Dictionary<string, ClientCounts> SampleClients(long nowMs)
    {
        var live = new Dictionary<string, ClientCounts>(StringComparer.Ordinal);
        foreach (var connection in clients.Connections)
        {
            Count(connection, live);
            Look(connection.Traffic, Numbers.Of(connection.Traffic), nowMs);
            foreach (var channel in connection.Channels) Look(channel.Messages, Numbers.Of(channel.Messages), nowMs);
        }

        return live;
    }

    private void Look(Sampled thing, ReadOnlySpan<long> values, long nowMs, bool isGlobal = false)
    {
        long sum = 0;
        foreach (var value in values) sum = unchecked((sum * 31) + value);
        var changed = sum != thing.SumSeen;
        var wasNew = thing.SumSeen == 0;
        thing.SumSeen = sum;
        if (thing.Series is not Series series)
        {
            // What was there before the first look has not happened now.
            if (!isGlobal && (!changed || _isFirst)) return;
            thing.Series = series = new Series(values.Length, isGlobal ? retention.Global : retention.Basic);
            if (wasNew && !_isFirst) series.StartAtZero(_lastAtMs);
        }
        else if (!isGlobal && !changed && nowMs - series.ChangedAtMs > _forgetAfterMs)
        {
            thing.Series = null;
            return;
        }

        if (series.HasHistory || isGlobal || _histories < HistoriesMax) _histories++;
        series.Add(nowMs, values, changed, isGlobal || _histories < HistoriesMax);
    }
}
