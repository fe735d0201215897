using System.Globalization;
using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Scheduling;
using HareMQ.Protocol;
using HareMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>How dead letters change hands, with a target that answers when the test says so.</summary>
public sealed class QueueLifeHandOverTests : IAsyncLifetime
{
    private readonly TemporaryStore _store = new();
    private readonly HeldTarget _target = new();
    private LifeBroker _broker = null!;
    private MessageQueue _queue = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await LifeBroker.StartAsync();
        _queue = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _store.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_dead_message_is_kept_until_its_target_has_it()
    {
        _broker.Publish(_queue, "body", expirationMs: 100);
        _broker.Advance(300);
        Assert.Equal(["body"], _target.Texts);
        Assert.Equal((0L, 0L, 1), (_queue.ReadyCount, _queue.UnsettledCount, _queue.DeadCount));

        // As after a crash: the target has not said that it is responsible.
        await ReopenAsync();
        Assert.Equal(1, _queue.ReadyCount);
        _target.AnswerAll(accept: true);
    }

    [Fact]
    public async Task An_accepted_dead_message_is_forgotten()
    {
        _broker.Publish(_queue, "body", expirationMs: 100);
        _broker.Advance(300);
        _target.AnswerAll(accept: true);
        // The confirm comes on this thread; the queue still has to take its turn.
        _broker.Run();
        await ReopenAsync();
        Assert.Equal(0, _queue.ReadyCount);
    }

    [Fact]
    public async Task A_refused_dead_message_is_tried_again_later()
    {
        _broker.Publish(_queue, "body", expirationMs: 100);
        _broker.Advance(300);
        _target.AnswerAll(accept: false);
        _broker.Run();
        _broker.Advance(4000);
        Assert.Equal(["body"], _target.Texts);
        _broker.Advance(1200);
        Assert.Equal(["body", "body"], _target.Texts);
        _target.AnswerAll(accept: true);
        _broker.Run();
        _broker.Advance(60_000);
        Assert.Equal(2, _target.Texts.Length);
    }

    [Fact]
    public async Task The_dead_leave_in_order_and_no_faster_than_they_are_taken()
    {
        var batch = PublishBatch.Rent(new BatchOwner());
        for (var i = 0; i < 30_000; i++) _broker.Add(batch, _queue, Number(i), expirationMs: 100);
        batch.Dispatch(runInline: true);
        _broker.Run();
        _broker.Advance(300);
        Assert.InRange(_target.Texts.Length, 1, 4 * 1024);
        await _broker.UntilAsync(() =>
        {
            _target.AnswerAll(accept: true);
            return _target.Texts.Length == 30_000;
        });
        Assert.Equal(Enumerable.Range(0, 30_000).Select(Number), _target.Texts);
    }

    private MessageQueue Open()
    {
        var settings = new QueueSettings { DeadLetterExchange = "dead" };
        var host = new Host(new ExpiryClock(_broker.Time), new RouteTargets([_target]));
        var log = _store.Store.OpenLog(1);
        return new MessageQueue("/", TestMessages.Declaration(), 1, log, _broker.Scheduler, NullLogger.Instance, settings, host);
    }

    private async Task ReopenAsync()
    {
        await CloseAsync();
        _store.Reopen();
        _queue = Open();
    }

    private async Task CloseAsync()
    {
        var closing = _queue.CloseAsync();
        await _broker.UntilAsync(() => closing.IsCompleted);
        await closing;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class HeldTarget : IPublishTarget
    {
        private readonly List<string> _texts = [];
        private readonly Queue<PublishBatch> _unanswered = new();

        public string Name => "held";

        public bool Durable => false;

        public string[] Texts => [.. _texts];

        public void Publish(PublishBatch batch, int slot, bool runInline)
        {
            foreach (var range in batch.RangesOf(slot))
            {
                var left = batch.Records.WrittenSpan.Slice(range.Offset, range.Bytes);
                while (!left.IsEmpty)
                {
                    var record = RecordView.Parse(left);
                    _texts.Add(Encoding.UTF8.GetString(record.Body));
                    left = left[record.RecordBytes..];
                }
            }

            batch.Taken();
            _unanswered.Enqueue(batch);
        }

        public void AnswerAll(bool accept)
        {
            while (_unanswered.TryDequeue(out var batch))
            {
                if (accept) batch.Accepted();
                else batch.Refused();
            }
        }
    }

    private sealed class Host(ExpiryClock clock, RouteTargets targets) : IQueueHost
    {
        public ExpiryClock Clock => clock;

        public bool HasLane(ulong logId, byte priority) => false;

        public SegmentLog OpenLane(ulong logId, byte priority) => throw new InvalidOperationException("it has no priorities");

        public RouteTargets Route(string exchange, ReadOnlySpan<byte> routingKey, in BasicProperties properties) => targets;

        public void QueueExpired(MessageQueue queue) => throw new InvalidOperationException("it has no x-expires");
    }
}
