using HareMQ.Broker.Queues;
using HareMQ.Broker.Tests.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.VirtualHosts;

public sealed class QueueLifecycleTests : IAsyncLifetime
{
    private readonly TemporaryStore _store = new();
    private readonly ManualScheduler _scheduler = new();
    private BrokerCore _core = null!;

    private VirtualHost VirtualHost => _core.TryGetVirtualHost("/", out var found) ? found : throw new InvalidOperationException("no virtual host");

    public async ValueTask InitializeAsync() => _core = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _store.Dispose();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_queue_declared_while_its_namesake_is_deleted_is_what_a_restart_finds(bool firstDurable, bool secondDurable)
    {
        var first = await DeclareAsync(firstDurable);
        // Its owner is busy, so that the deletion has to wait for a turn.
        first.ConsumerReady(TestMessages.Consumer(new TestChannel()));
        var held = new HeldContinuations();
        var deleting = held.Start(() => VirtualHost.DeleteQueueAsync(first, ifUnused: false, ifEmpty: false)).AsTask();
        _scheduler.RunAll();
        Assert.True(first.IsDeleted);
        var second = await DeclareAsync(secondDurable);
        Assert.NotSame(first, second);
        TestMessages.Publish(second, 1, 2, 3);
        held.Run(until: deleting);
        await deleting;

        await ReopenAsync();
        Assert.Equal(secondDurable, VirtualHost.TryGetQueue("q", out var found));
        if (secondDurable) Assert.Equal(3, found.ReadyCount);
    }

    [Fact]
    public async Task A_durable_queue_comes_back_with_its_bindings_and_messages()
    {
        var queue = await DeclareAsync(durable: true);
        await VirtualHost.BindAsync(VirtualHost.GetExchange("amq.direct"), queue, "key", FieldTable.Empty);
        TestMessages.Publish(queue, 1, 2);
        await ReopenAsync();
        var found = VirtualHost.GetQueue("q", this);
        Assert.Equal(2, found.ReadyCount);
        Assert.Same(found, Assert.Single(VirtualHost.Topology.Route(VirtualHost.GetExchange("amq.direct"), "key"u8, default, out _).Queues));
    }

    [Fact]
    public async Task A_transient_queue_is_gone_after_a_restart_and_so_are_its_files()
    {
        TestMessages.Publish(await DeclareAsync(durable: false), 1, 2);
        Assert.Single(_store.Store.ListLogs());
        await ReopenAsync();
        Assert.False(VirtualHost.TryGetQueue("q", out _));
        Assert.Empty(_store.Store.ListLogs());
    }

    [Fact]
    public async Task A_deleted_queue_stays_deleted_and_its_successor_starts_empty_and_unbound()
    {
        var first = await DeclareAsync(durable: true);
        await VirtualHost.BindAsync(VirtualHost.GetExchange("amq.direct"), first, "key", FieldTable.Empty);
        TestMessages.Publish(first, 1, 2);
        Assert.Equal(2, (await VirtualHost.DeleteQueueAsync(first, ifUnused: false, ifEmpty: false)).MessageCount);
        await ReopenAsync();
        Assert.False(VirtualHost.TryGetQueue("q", out _));
        var second = await DeclareAsync(durable: true);
        Assert.Equal(0, second.ReadyCount);
        await ReopenAsync();
        Assert.True(VirtualHost.Topology.Route(VirtualHost.GetExchange("amq.direct"), "key"u8, default, out _).IsEmpty);
    }

    [Fact]
    public async Task Recovered_and_new_queues_never_share_a_directory()
    {
        var first = await DeclareAsync(durable: true);
        await ReopenAsync();
        var declaration = TestMessages.Declaration("other");
        Assert.NotEqual(first.LogId, (await VirtualHost.DeclareQueueAsync(declaration)).LogId);
    }

    private async Task<MessageQueue> DeclareAsync(bool durable) => await VirtualHost.DeclareQueueAsync(TestMessages.Declaration(durable: durable));

    private async Task ReopenAsync()
    {
        await CloseAsync();
        _store.Reopen();
        _core = await OpenAsync();
    }

    private Task<BrokerCore> OpenAsync() => BrokerCore.OpenAsync(_store.Store, new BrokerCoreOptions(), _scheduler, NullLogger.Instance);

    private async Task CloseAsync()
    {
        var closing = _core.DisposeAsync().AsTask();
        _scheduler.RunAll();
        await closing;
    }
}
