using HareMQ.Amqp.Connections;
using HareMQ.Amqp.Publishing;
using HareMQ.Amqp.Tests.Connections;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Publishing;

public sealed class ConfirmTrackerTests : IBatchOwner
{
    private readonly TestTransport _transport = new();
    private readonly ConnectionWriter _writer;
    private readonly ConfirmTracker _tracker;
    private readonly List<Confirm> _seen = [];
    private readonly TaskCompletionSource _firstBatchEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConfirmTrackerTests()
    {
        _writer = new ConnectionWriter(_transport);
        _tracker = new ConfirmTracker(5, _writer);
    }

    void IBatchOwner.BatchEnded(int bytes) => _firstBatchEnded.TrySetResult();

    [Fact]
    public void One_publish_is_confirmed_alone()
    {
        Publish(1).Accept();
        Assert.Equal([new Confirm(1, Multiple: false, Acked: true)], Confirms());
        Assert.Equal(0ul, _tracker.Unconfirmed);
    }

    [Fact]
    public void A_batch_is_confirmed_with_one_multiple_ack()
    {
        Publish(10).Accept();
        Assert.Equal([new Confirm(10, Multiple: true, Acked: true)], Confirms());
    }

    [Fact]
    public void A_later_batch_that_is_stored_first_waits_for_the_earlier_one()
    {
        var first = Publish(3);
        var second = Publish(2);
        second.Accept();
        Assert.Empty(Confirms());
        Assert.Equal(5ul, _tracker.Unconfirmed);
        first.Accept();
        Assert.Equal([new Confirm(5, Multiple: true, Acked: true)], Confirms());
    }

    [Fact]
    public void A_refused_batch_is_nacked_as_a_range_between_the_acks()
    {
        var first = Publish(2);
        var second = Publish(3);
        var third = Publish(1);
        var fourth = Publish(4);
        third.Refuse();
        second.Refuse();
        fourth.Accept();
        first.Accept();
        Confirm[] expected = [new(2, true, true), new(5, true, false), new(6, false, false), new(10, true, true)];
        Assert.Equal(expected, Confirms());
    }

    [Fact]
    public void A_batch_counts_once_all_its_queues_have_it()
    {
        var batch = Publish(2, targets: 3);
        batch.AcceptOne();
        batch.AcceptOne();
        Assert.Empty(Confirms());
        batch.AcceptOne();
        Assert.Equal([new Confirm(2, Multiple: true, Acked: true)], Confirms());
    }

    [Fact]
    public void One_refusing_queue_among_several_refuses_the_batch()
    {
        var batch = Publish(1, targets: 2);
        batch.RefuseOne();
        Assert.Empty(Confirms());
        batch.AcceptOne();
        Assert.Equal([new Confirm(1, Multiple: false, Acked: false)], Confirms());
    }

    [Fact]
    public async Task An_unroutable_publish_is_confirmed_too()
    {
        Publish(2, targets: 0);
        await _firstBatchEnded.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal([new Confirm(2, Multiple: true, Acked: true)], Confirms());
    }

    [Fact]
    public void A_closed_channel_gets_no_confirms()
    {
        var batch = Publish(1);
        lock (_writer.Gate) _tracker.EndLocked();
        batch.Accept();
        Assert.Empty(Confirms());
        Assert.True(_firstBatchEnded.Task.IsCompleted);
    }

    [Fact]
    public void Two_channels_in_one_batch_are_confirmed_apart()
    {
        var other = new ConfirmTracker(6, _writer);
        var target = new HeldTarget();
        var batch = PublishBatch.Rent(this);
        for (var i = 0; i < 3; i++) Add(batch, [target], i == 1 ? other : _tracker);
        batch.Dispatch(runInline: false);
        target.Accept();
        var frames = SentFrame.Parse(_transport.Sent);
        Assert.Equal([(5, 2ul), (6, 1ul)], frames.Select(frame => ((int)frame.Channel, BasicAck.Read(frame.Arguments).DeliveryTag)).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_publish_is_confirmed_once_in_order_and_rightly_whatever_order_batches_end_in(int seed)
    {
        var random = new Random(seed);
        var open = new List<(TestBatch Batch, bool Refuse)>();
        var expected = new List<bool>();
        for (var step = 0; step < 3000; step++)
        {
            if (open.Count == 0 || random.Next(2) == 0 && step < 2900)
            {
                var publishes = random.Next(1, 6);
                var refuse = random.Next(4) == 0;
                open.Add((Publish(publishes), refuse));
                for (var i = 0; i < publishes; i++) expected.Add(!refuse);
            }
            else
            {
                Complete(random.Next(open.Count));
            }
        }

        while (open.Count > 0) Complete(0);
        var settled = new List<bool>();
        foreach (var confirm in Confirms())
        {
            var first = settled.Count + 1;
            Assert.Equal(confirm.Multiple, confirm.Tag > (ulong)first);
            while ((ulong)settled.Count < confirm.Tag) settled.Add(confirm.Acked);
        }

        Assert.Equal(expected, settled);
        Assert.Equal(0ul, _tracker.Unconfirmed);

        void Complete(int index)
        {
            var (batch, refuse) = open[index];
            open.RemoveAt(index);
            if (refuse) batch.Refuse();
            else batch.Accept();
        }
    }

    private static void Add(PublishBatch batch, HeldTarget[] targets, ConfirmTracker tracker)
    {
        if (targets.Length > 0)
        {
            batch.Begin(new MessageHead { Exchange = "e"u8, RoutingKey = "k"u8, Properties = [0, 0], Persistent = true, TimestampMs = 1 }, 1)[0] = 1;
            batch.End(new RouteTargets([.. targets]));
        }

        tracker.Add(batch);
    }

    private TestBatch Publish(int count, int targets = 1)
    {
        var held = new HeldTarget[targets];
        for (var i = 0; i < targets; i++) held[i] = new HeldTarget();
        var batch = PublishBatch.Rent(this);
        for (var i = 0; i < count; i++) Add(batch, held, _tracker);
        batch.Dispatch(runInline: false);
        return new TestBatch(held);
    }

    private List<Confirm> Confirms()
    {
        _seen.Clear();
        foreach (var frame in SentFrame.Parse(_transport.Sent))
        {
            Assert.Equal(5, frame.Channel);
            if (frame.Method == AmqpMethod.BasicAck)
            {
                var ack = BasicAck.Read(frame.Arguments);
                _seen.Add(new Confirm(ack.DeliveryTag, ack.Multiple, Acked: true));
            }
            else
            {
                var nack = BasicNack.Read(frame.Arguments);
                _seen.Add(new Confirm(nack.DeliveryTag, nack.Multiple, Acked: false));
            }
        }

        return _seen;
    }

    private sealed record Confirm(ulong Tag, bool Multiple, bool Acked);

    private sealed class TestBatch(HeldTarget[] targets)
    {
        private int _next;

        public void AcceptOne() => targets[_next++].Accept();

        public void RefuseOne() => targets[_next++].Refuse();

        public void Accept()
        {
            while (_next < targets.Length) AcceptOne();
        }

        public void Refuse()
        {
            while (_next < targets.Length) RefuseOne();
        }
    }

    /// <summary>A queue that takes its time.</summary>
    private sealed class HeldTarget : IPublishTarget
    {
        private PublishBatch? _batch;

        public string Name => "held";

        public bool Durable => true;

        public void Publish(PublishBatch batch, int slot, bool runInline)
        {
            _batch = batch;
            batch.Taken();
        }

        public void Accept() => _batch!.Accepted();

        public void Refuse() => _batch!.Refused();
    }
}
