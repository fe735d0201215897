using HareMQ.Broker.Events;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Tests.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Events;

public sealed class BrokerFeedTests : IAsyncLifetime
{
    private static readonly byte[] s_noProperties = [0, 0];

    private readonly TemporaryStore _store = new();
    private readonly ManualScheduler _scheduler = new();
    private readonly RecordingLogger _log = new();
    private BrokerCore _core = null!;
    private BrokerFeed _feed = null!;

    private VirtualHost VirtualHost => _core.VirtualHosts.Single();

    public async ValueTask InitializeAsync()
    {
        var options = new BrokerCoreOptions { EventVirtualHost = "/" };
        _core = await BrokerCore.OpenAsync(_store.Store, options, _scheduler, NullLogger.Instance);
        _feed = new BrokerFeed(VirtualHost, "amq.topic", _log, pendingBytesMax: 1000);
    }

    public async ValueTask DisposeAsync()
    {
        var closing = _core.DisposeAsync().AsTask();
        _scheduler.RunAll();
        await closing;
        _store.Dispose();
    }

    [Fact]
    public void Nobody_listens_until_a_queue_is_bound()
    {
        Assert.False(_feed.IsWanted);
        Assert.True(_core.Events.AreOn);
        Assert.False(_core.Events.AreWanted);
        Publish(10);
        Assert.Equal(0, _scheduler.Waiting);
    }

    [Fact]
    public async Task One_batch_is_under_way_and_the_rest_waits_for_it()
    {
        var queue = await BindAsync();
        Assert.True(_feed.IsWanted);
        Publish(1);
        Publish(2);
        Publish(3);
        Assert.Equal(1, _scheduler.Waiting);
        _scheduler.RunAll();
        Assert.Equal(3, queue.ReadyCount);
        Assert.Equal(1 + 2 + 3, queue.ReadyBodyBytes);
        Assert.Empty(_log.Messages);
    }

    [Fact]
    public async Task What_is_too_much_for_slow_queues_is_dropped_and_counted()
    {
        var queue = await BindAsync();
        Publish(900);
        Publish(800);
        Publish(500);
        Publish(400);
        _scheduler.RunAll();
        Assert.Equal(900 + 800, queue.ReadyBodyBytes);
        Assert.Equal(
            ["Exchange 'amq.topic' in vhost '/' has dropped 2 messages of the broker: the queues bound to it are too slow"], _log.Messages);
        Publish(5);
        _scheduler.RunAll();
        Assert.Equal(3, queue.ReadyCount);
        Assert.Single(_log.Messages);
    }

    private void Publish(int bodyBytes) => _feed.Publish("key"u8, s_noProperties, new byte[bodyBytes]);

    private async Task<MessageQueue> BindAsync()
    {
        var queue = await VirtualHost.DeclareQueueAsync(TestMessages.Declaration(durable: false));
        await VirtualHost.BindAsync(VirtualHost.GetExchange("amq.topic"), queue, "#", FieldTable.Empty);
        return queue;
    }
}
