using HareMQ.Amqp.Connections;
using HareMQ.Amqp.Publishing;
using HareMQ.Amqp.Tests.Connections;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Publishing;

/// <summary>Single publishes that a full queue refuses.</summary>
public sealed class ConfirmTrackerLifeTests : IBatchOwner
{
    private readonly TestTransport _transport = new();
    private readonly FullTarget _target = new();
    private readonly ConnectionWriter _writer;
    private readonly ConfirmTracker _tracker;

    public ConfirmTrackerLifeTests()
    {
        _writer = new ConnectionWriter(_transport);
        _tracker = new ConfirmTracker(5, _writer);
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
    }

    [Fact]
    public void Refused_publishes_are_nacked_one_by_one_between_the_acks()
    {
        Publish(8);
        _target.Refuse(3, 4, 6);
        Assert.Equal(["ack 1..2", "nack 3..3", "nack 4..4", "ack 5..5", "nack 6..6", "ack 7..8"], Confirms());
    }

    [Fact]
    public void First_and_last_publish_may_be_refused()
    {
        Publish(3);
        _target.Refuse(1, 3);
        Assert.Equal(["nack 1..1", "ack 2..2", "nack 3..3"], Confirms());
    }

    [Fact]
    public void Publishes_that_led_nowhere_are_acked_between_the_refused_ones()
    {
        var batch = PublishBatch.Rent(this);
        Add(batch, isRouted: true);
        Add(batch, isRouted: false);
        Add(batch, isRouted: true);
        batch.Dispatch(runInline: true);
        // The second message of the batch is the third publish.
        _target.Refuse(1, 2);
        Assert.Equal(["nack 1..1", "ack 2..2", "nack 3..3"], Confirms());
    }

    [Fact]
    public void A_later_batch_goes_on_where_the_refusals_ended()
    {
        Publish(2);
        _target.Refuse(2);
        Publish(3);
        _target.Refuse();
        Assert.Equal(["ack 1..1", "nack 2..2", "ack 3..5"], Confirms());
        Assert.Equal(0ul, _tracker.Unconfirmed);
    }

    private void Publish(int count)
    {
        var batch = PublishBatch.Rent(this);
        for (var i = 0; i < count; i++) Add(batch, isRouted: true);
        batch.Dispatch(runInline: true);
    }

    private void Add(PublishBatch batch, bool isRouted)
    {
        if (isRouted)
        {
            batch.Begin(new MessageHead { Exchange = default, RoutingKey = default, Properties = [0, 0], Persistent = false, TimestampMs = 1 }, 0);
            batch.End(_target.Route);
        }

        _tracker.Add(batch, isRouted);
    }

    /// <summary>What was confirmed, each with the numbers it covers.</summary>
    private List<string> Confirms()
    {
        _writer.Flush();
        var confirms = new List<string>();
        ulong last = 0;
        foreach (var frame in SentFrame.Parse(_transport.Sent))
        {
            var isAck = frame.Method == AmqpMethod.BasicAck;
            var (tag, multiple) = isAck
                ? (BasicAck.Read(frame.Arguments).DeliveryTag, BasicAck.Read(frame.Arguments).Multiple)
                : (BasicNack.Read(frame.Arguments).DeliveryTag, BasicNack.Read(frame.Arguments).Multiple);
            confirms.Add($"{(isAck ? "ack" : "nack")} {(multiple ? last + 1 : tag)}..{tag}");
            last = tag;
        }

        return confirms;
    }

    /// <summary>A queue that refuses what the test names.</summary>
    private sealed class FullTarget : IPublishTarget
    {
        private PublishBatch? _batch;

        public FullTarget() => Route = new RouteTargets([this]);

        public RouteTargets Route { get; }

        public string Name => "full";

        public bool Durable => true;

        public bool MayRefuse => true;

        public void Publish(PublishBatch batch, int slot, bool runInline) => _batch = batch;

        /// <param name="messages">Counted from 1, of those in the batch.</param>
        public void Refuse(params ReadOnlySpan<int> messages)
        {
            var recordBytes = _batch!.Records.WrittenBytes / _batch.Records.Count;
            foreach (var message in messages) _batch.RefuseMessage((message - 1) * recordBytes);
            _batch.Taken();
            _batch.Accepted();
        }
    }
}
