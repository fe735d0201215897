using HareMQ.Broker.Deduplication;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Tests.Queues;
using HareMQ.Storage;
using HareMQ.Storage.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Deduplication;

/// <summary>What a duplicate's confirm waits for.</summary>
public sealed class ExchangeDeduplicationTests
{
    private static readonly UInt128 s_key = 42;

    private readonly ExchangeDeduplication _keys = new(new DeduplicationSettings("key") { CacheSize = 10, CacheTtlMs = 1000 });
    private readonly HeldTarget _target = new();
    private readonly ConfirmLog _original = new();
    private readonly ConfirmLog _duplicate = new();

    [Fact]
    public async Task A_duplicate_is_confirmed_when_its_original_is()
    {
        PublishBoth();
        Assert.Equal((0, 0), (_original.Confirmed, _duplicate.Confirmed));
        _target.Release(isStored: true);
        await ConfirmedAsync(_original, _duplicate);
        Assert.False(_keys.TryBegin(s_key, 1, 1001, out _));
    }

    [Fact]
    public void A_duplicate_is_refused_when_its_original_is_and_the_key_is_free_again()
    {
        PublishBoth();
        _target.Release(isStored: false);
        Assert.Equal((1, 1), (_original.Refused, _duplicate.Refused));
        Assert.True(_keys.TryBegin(s_key, 1, 1001, out _));
    }

    [Fact]
    public async Task A_duplicate_in_the_same_batch_waits_for_nothing_else()
    {
        var batch = Rent(_original);
        Assert.True(_keys.TryBegin(s_key, 0, 1000, out var original));
        batch.Keys.Begin(original!, batch);
        batch.Keys.Repeat(original!, batch);
        batch.Dispatch(runInline: true);
        _target.Release(isStored: true);
        await ConfirmedAsync(_original);
    }

    [Fact]
    public void A_batch_that_is_given_up_leaves_no_key_behind()
    {
        var batch = Rent(_original);
        Assert.True(_keys.TryBegin(s_key, 0, 1000, out var original));
        batch.Keys.Begin(original!, batch);
        batch.Abandon();
        Assert.True(_keys.TryBegin(s_key, 0, 1000, out _));
    }

    [Fact]
    public void A_batch_that_awaits_its_commit_holds_no_key_until_then()
    {
        var batch = Rent(_original);
        Assert.True(_keys.TryBegin(s_key, 0, 1000, out var original));
        batch.Keys.AwaitsCommit = true;
        batch.Keys.Begin(original!, batch);
        Assert.True(_keys.TryBegin(s_key, 0, 1000, out var other));
        other!.Complete(isStored: false);
        batch.Dispatch(runInline: true);
        Assert.False(_keys.TryBegin(s_key, 0, 1000, out _));
        _target.Release(isStored: true);
        Assert.False(_keys.TryBegin(s_key, 999, 2000, out _));
        Assert.True(_keys.TryBegin(s_key, 1000, 2000, out _));
    }

    [Fact]
    public void A_key_counts_once_its_message_is_synced_even_if_its_publisher_wants_no_confirm()
    {
        var disk = new ManualSync();
        var options = new StoreOptions { DataDirectory = "/data" };
        using var store = MessageStore.Open(options, files: new MemoryFileSystem(), syncWorker: disk);
        using var log = store.OpenLog(1);
        var queue = new MessageQueue("/", TestMessages.Declaration(), 1, log, new ManualScheduler(), NullLogger.Instance);
        Assert.True(_keys.TryBegin(s_key, 0, 1000, out var original));
        var batch = PublishBatch.Rent(new BatchOwner());
        TestMessages.Add(batch, new RouteTargets([queue]), 1);
        batch.Keys.Begin(original!, batch);
        batch.Dispatch(runInline: true);

        Assert.False(_keys.TryBegin(s_key, 0, 1000, out var underWay));
        Assert.Same(original, underWay);
        disk.Run();
        Assert.False(_keys.TryBegin(s_key, 0, 1000, out underWay));
        Assert.Null(underWay);
    }

    private void PublishBoth()
    {
        Assert.True(_keys.TryBegin(s_key, 0, 1000, out var original));
        var first = Rent(_original);
        first.Keys.Begin(original!, first);
        first.Dispatch(runInline: true);

        Assert.False(_keys.TryBegin(s_key, 0, 1000, out var repeated));
        Assert.Same(original, repeated);
        var second = PublishBatch.Rent(new BatchOwner());
        second.AddConfirm(_duplicate, 1, isRouted: false);
        second.Keys.Repeat(repeated!, second);
        second.Dispatch(runInline: true);
    }

    private PublishBatch Rent(ConfirmLog log)
    {
        var batch = PublishBatch.Rent(new BatchOwner());
        TestMessages.Add(batch, new RouteTargets([_target]), 1);
        batch.AddConfirm(log, 1);
        return batch;
    }

    /// <summary>Confirms take a hop when nothing was waited for.</summary>
    private static async Task ConfirmedAsync(params ConfirmLog[] logs)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (logs.Sum(log => log.Confirmed) < logs.Length)
        {
            Assert.True(Environment.TickCount64 < deadline, "the confirms do not come");
            await Task.Yield();
        }
    }

    /// <summary>A disk that takes its time until the test says so.</summary>
    private sealed class ManualSync : ISyncWorker
    {
        private Func<bool> _round = null!;

        public void Start(Func<bool> round)
        {
            _round = round;
            Run();
        }

        public void Wake()
        {
        }

        public void Run()
        {
            while (_round())
            {
            }
        }

        public void Dispose() => Run();
    }

    /// <summary>Takes a batch and answers when the test says so.</summary>
    private sealed class HeldTarget : IPublishTarget
    {
        private PublishBatch? _held;

        public string Name => "held";

        public bool Durable => true;

        public void Publish(PublishBatch batch, int slot, bool runInline) => _held = batch;

        public void Release(bool isStored)
        {
            _held!.Taken();
            if (isStored) _held.Accepted();
            else _held.Refused();
        }
    }
}
