using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>A queue over a real store against <see cref="QueueModel"/>: thousands of random steps, the store closed and opened in between.</summary>
public sealed class MessageQueueProperties
{
    private const ulong LogId = 7;
    private const int Steps = 3000;

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(2, true, false)]
    [InlineData(3, true, false)]
    [InlineData(4, true, true)]
    [InlineData(5, false, false)]
    [InlineData(6, false, false)]
    public async Task Random_use_of_a_queue_matches_a_plain_list(int seed, bool durable, bool fsync)
    {
        using var store = new TemporaryStore(fsync ? Durability.Fsync : Durability.Os);
        await new Run(seed, durable, store, slowConsumers: false).RunAsync();
        Assert.Equal(0, store.Store.BufferBytes);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public async Task Consumers_without_room_find_all_of_it_later_and_in_order(int seed, bool durable)
    {
        using var store = new TemporaryStore();
        var run = new Run(seed, durable, store, slowConsumers: true);
        await run.RunAsync();
        Assert.True(run.HeldMost > 0, "nothing was ever held in memory, so this has shown nothing about it");
        Assert.Equal(0, store.Store.BufferBytes);
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly bool _durable;
        private readonly TemporaryStore _store;
        private readonly bool _slowConsumers;
        private readonly ManualScheduler _scheduler = new();
        private readonly QueueModel _model = new();
        private readonly ConfirmLog _confirms = new();
        private readonly BatchOwner _owner = new();
        private readonly Sink _sink = new();
        private readonly Dictionary<ulong, Delivery> _out = [];
        private readonly TestChannel _channel;
        private MessageQueue _queue;
        private ulong _lastId;
        private int _batches;
        private int _confirmedBatches;

        // The basic.get under way acknowledges by itself.
        private bool _getsAutoAck;

        public Run(int seed, bool durable, TemporaryStore store, bool slowConsumers)
        {
            _random = new Random(seed);
            _durable = durable;
            _store = store;
            _slowConsumers = slowConsumers;
            _queue = Open();
            _channel = new TestChannel { OnDelivery = OnDelivery };
        }

        public long HeldMost { get; private set; }

        public async Task RunAsync()
        {
            for (var step = 0; step < Steps; step++)
            {
                await StepAsync();
                _channel.Received.Clear();
                if (_slowConsumers) ChangeRoom();
                _scheduler.RunAll();
                Check();
            }

            await ReopenAsync();
            Check();
            await CloseAsync();
        }

        private Task StepAsync() => _random.Next(1000) switch
        {
            < 300 => Do(Publish),
            < 520 => Do(() => Settle(Settlement.Acknowledge)),
            < 600 => Do(() => Settle(Settlement.Requeue)),
            < 640 => Do(() => Settle(Settlement.Discard)),
            < 800 => GetAsync(),
            < 880 => ConsumeAsync(),
            < 975 => CancelAsync(),
            < 985 => PurgeAsync(),
            _ => ReopenAsync(),
        };

        private static Task Do(Action step)
        {
            step();
            return Task.CompletedTask;
        }

        private void Publish()
        {
            var batch = PublishBatch.Rent(_owner);
            var here = new RouteTargets([_queue]);
            var both = new RouteTargets([_sink, _queue]);
            var elsewhere = new RouteTargets([_sink]);
            var confirmed = _random.Next(2) == 0;
            // Some batches fill any buffer that they may come in: only such are held in memory.
            var isLarge = _slowConsumers && _random.Next(6) == 0;
            for (var count = _random.Next(1, 12); count > 0; count--)
            {
                // What goes elsewhere leaves gaps between this queue's records.
                var targets = _random.Next(4) switch { 0 => elsewhere, 1 => both, _ => here };
                var persistent = !_slowConsumers && _random.Next(3) > 0;
                var bodyBytes = sizeof(ulong) + _random.Next(isLarge ? 150_000 : _random.Next(10) == 0 ? 3000 : 100);
                TestMessages.Add(batch, targets, ++_lastId, persistent, bodyBytes);
                if (!ReferenceEquals(targets, elsewhere)) _model.Publish(_lastId, persistent, bodyBytes);
            }

            if (confirmed) batch.AddConfirm(_confirms, _lastId);
            if (confirmed) _confirmedBatches++;
            _batches++;
            batch.Dispatch(runInline: _random.Next(2) == 0);
        }

        private void Settle(Settlement settlement)
        {
            if (_out.Count == 0) return;
            var ids = _out.Keys.OrderBy(_ => _random.Next()).Take(_random.Next(1, 1 + Math.Min(_out.Count, 6))).ToArray();
            var deliveries = Array.ConvertAll(ids, id => _out[id]);
            foreach (var id in ids)
            {
                _out.Remove(id);
                _model.Settle(id, settlement);
            }

            TestMessages.Settle(settlement, deliveries);
        }

        private async Task GetAsync()
        {
            var ready = _model.ReadyCount;
            _getsAutoAck = _random.Next(2) == 0;
            var received = await _queue.GetAsync(_channel, _getsAutoAck);
            Assert.Equal(ready > 0, received);
            if (received) Assert.Equal(ready - 1, _channel.LastRemaining);
        }

        private async Task ConsumeAsync()
        {
            if (_model.Consumers.Count >= 4) return;
            var consumer = TestMessages.Consumer(_channel, _random.Next(4), autoAck: _random.Next(4) == 0 != _slowConsumers, _random.Next(2));
            Assert.True(await _queue.ConsumeAsync(consumer, () => _model.Attach(consumer)));
        }

        private async Task CancelAsync()
        {
            if (_model.Consumers.Count == 0) return;
            var consumer = _model.Consumers[_random.Next(_model.Consumers.Count)];
            // The queue delivers no more once it has answered; in between there is nothing to deliver.
            Assert.False(await _queue.CancelAsync(consumer));
            _model.Detach(consumer);
        }

        private async Task PurgeAsync()
        {
            var expected = _model.Purge();
            Assert.Equal(expected, await _queue.PurgeAsync());
        }

        private async Task ReopenAsync()
        {
            _scheduler.RunAll();
            await CloseAsync();
            _store.Reopen();
            await _owner.WaitForAsync(_batches);
            Assert.Equal(_confirmedBatches, _confirms.Confirmed);
            Assert.Equal(0, _confirms.Refused);
            _out.Clear();
            _model.Restart(_durable);
            _queue = Open();
        }

        private async Task CloseAsync()
        {
            var closing = _queue.CloseAsync();
            _scheduler.RunAll();
            await closing;
            Assert.Equal(0, _queue.HeldCount);
        }

        /// <summary>The connection has taken some of what it had to send, or not.</summary>
        private void ChangeRoom()
        {
            if (_random.Next(3) > 0) return;
            _channel.Room = _random.Next(2) * _random.Next(20);
            if (_channel.Room == 0) return;
            foreach (var consumer in _model.Consumers) _queue.ConsumerReady(consumer);
        }

        private MessageQueue Open()
        {
            // As the broker does at its start: what no kept queue owns goes.
            if (!_durable) _store.Store.DeleteLog(LogId);
            var declaration = TestMessages.Declaration(durable: _durable);
            return new MessageQueue("/", declaration, LogId, _store.Store.OpenLog(LogId), _scheduler, NullLogger.Instance);
        }

        private void OnDelivery(Consumer? consumer, ulong id, Delivery delivery, bool redelivered)
        {
            var autoAck = consumer?.AutoAck ?? _getsAutoAck;
            _model.Deliver(consumer, id, delivery, redelivered, autoAck);
            if (!autoAck) _out.Add(id, delivery);
        }

        private void Check()
        {
            Assert.Equal(QueueState.Running, _queue.State);
            Assert.Equal(_model.ReadyCount, _queue.ReadyCount);
            Assert.Equal(_model.ReadyBodyBytes, _queue.ReadyBodyBytes);
            Assert.Equal(_model.UnsettledCount, _queue.UnsettledCount);
            Assert.Equal(_model.Consumers.Count, _queue.ConsumerCount);
            HeldMost = Math.Max(HeldMost, _queue.HeldCount);
            if (_channel.Room > 0) _model.CheckNobodyIsStarved();
        }
    }
}
