using System.Buffers.Binary;
using System.Globalization;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Queues.Features;

/// <summary>The queue and the model side by side.</summary>
internal sealed class FeatureRun : IDisposable
{
    /// <summary>How late the clock may be: two ticks.</summary>
    private const int ClockLateMs = 100;

    private readonly QueueShape _shape;
    private readonly FeatureBroker _broker;
    private readonly FeatureModel _model;
    private readonly FeatureChannel _channel = new();
    private readonly FeatureChannel _gravedigger = new();
    private readonly RouteTargets _elsewhere = new([new Sink()]);
    private ulong _lastId;

    public FeatureRun(QueueShape shape)
    {
        _shape = shape;
        _broker = new FeatureBroker(shape);
        _model = new FeatureModel(shape) { NowMs = _broker.Time.NowMs };
    }

    private MessageQueue Queue => _broker.Queue;

    public void Do(Step step)
    {
        switch (step)
        {
            case Publish publish: DoPublish(publish); break;
            case Settle settle: DoSettle(settle); break;
            case Consume consume: DoConsume(consume); break;
            case Cancel cancel: DoCancel(cancel); break;
            case Get get: DoGet(get); break;
            case Purge: Assert.Equal(_model.Purge(), _broker.Wait(Queue.PurgeAsync())); break;
            case Pass pass: DoPass(pass); break;
            case Restart restart: DoRestart(restart); break;
            // It compares for itself, and there is nothing left.
            case CrashAmid amid: DoCrashAmid(amid); return;
            case Change change:
                Queue.Apply(FeatureBroker.SettingsOf(change.Rules));
                Compare(() => _model.Change(change.Rules));
                break;
        }

        Check();
    }

    /// <summary>What is in the queue comes out in the order that the model says, and nothing else.</summary>
    public void Drain()
    {
        while (_model.Consumers.Count > 0) Do(new Cancel(0));
        while (_model.Ready.Any()) Do(new Get(AutoAck: true));
        Do(new Get(AutoAck: true));
    }

    public void Dispose() => _broker.Dispose();

    private void DoPublish(Publish publish)
    {
        var batch = _broker.NewBatch();
        var here = new RouteTargets([Queue]);
        var messages = new List<ModelMessage>();
        foreach (var post in publish.Posts)
        {
            var id = ++_lastId;
            Add(batch, post.Elsewhere ? _elsewhere : here, id, post);
            if (publish.Confirmed) batch.AddConfirm(_broker, id);
            if (!post.Elsewhere) messages.Add(ModelOf(id, post));
        }

        batch.Dispatch(runInline: false);
        Compare(() => _model.Publish(messages));
        if (publish.Confirmed) Assert.Equal(_model.Refused, _broker.TakeRefused());
    }

    private void Add(PublishBatch batch, RouteTargets targets, ulong id, Post post)
    {
        var properties = new BasicPropertiesBuilder([0, 0]);
        if (post.ExpirationMs is { } expiration) properties.SetExpiration(expiration.ToString(CultureInfo.InvariantCulture));
        var head = new MessageHead
        {
            Exchange = ""u8,
            RoutingKey = "q"u8,
            Properties = properties.ToEncoded(),
            Persistent = post.Persistent || targets.KeepTransient,
            Priority = post.Priority,
            TimestampMs = _broker.Time.NowMs,
            ExpiresAtMs = post.ExpirationMs is { } ms ? _broker.Time.NowMs + ms : 0,
        };
        var body = batch.Begin(head, post.BodyBytes);
        body.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(body, id);
        batch.End(targets);
    }

    private ModelMessage ModelOf(ulong id, Post post) => new()
    {
        Id = id,
        Persistent = post.Persistent || _shape.IsQuorum,
        BodyBytes = post.BodyBytes,
        Priority = Math.Min(post.Priority, _shape.MaxPriority ?? 0),
        TimestampMs = _broker.Time.NowMs,
        ExpiresAtMs = post.ExpirationMs is { } ms ? _broker.Time.NowMs + ms : null,
    };

    /// <summary>Some of those that are out, from a place in the middle on.</summary>
    private void DoSettle(Settle settle)
    {
        var all = _model.Out;
        if (all.Count == 0) return;
        var messages = Enumerable.Range(0, Math.Min(settle.Count, all.Count)).Select(n => all[(settle.Pick + n) % all.Count]).ToArray();
        var batch = SettleBatch.Rent(settle.Settlement);
        foreach (var message in messages) batch.Add(message.Delivery);
        Queue.Settle(batch, runInline: false);
        Compare(() => _model.Settle(messages, settle.Settlement));
    }

    private void DoConsume(Consume consume)
    {
        if (_model.Consumers.Count == 4) return;
        var consumer = TestMessages.Consumer(_channel, consume.Prefetch, consume.AutoAck, consume.Priority, consume.Exclusive);
        var consuming = Queue.ConsumeAsync(consumer, () => { });
        if (_model.MayAttach(consumer))
        {
            Assert.True(_broker.Wait(consuming));
            Compare(() => _model.Attach(consumer));
        }
        else
        {
            Assert.Equal(ReplyCode.AccessRefused, Assert.Throws<ChannelException>(() => _broker.Wait(consuming)).Code);
        }
    }

    private void DoCancel(Cancel cancel)
    {
        if (_model.Consumers.Count == 0) return;
        var consumer = _model.Consumers[cancel.Pick % _model.Consumers.Count];
        Assert.False(_broker.Wait(Queue.CancelAsync(consumer)));
        Compare(() => _model.Detach(consumer));
    }

    private void DoGet(Get get)
    {
        var received = _broker.Wait(Queue.GetAsync(_channel, get.AutoAck));
        Compare(() => Assert.Equal(_model.Get(get.AutoAck), received));
    }

    private void DoPass(Pass pass)
    {
        _broker.Time.Advance(pass.Milliseconds);
        _broker.Settle();
        var due = _model.ReadyCountAt(_broker.Time.NowMs - ClockLateMs);
        Assert.True(Queue.ReadyCount <= due, $"{Queue.ReadyCount} messages are left, {due} have not expired for long");
        // What has become due since the last tick.
        Queue.Wake();
        _model.NowMs = _broker.Time.NowMs;
        Compare(_model.Turn);
    }

    private void DoRestart(Restart restart)
    {
        if (restart.IsCrash) _broker.Crash();
        else _broker.Restart();
        Compare(_model.Restart);
    }

    /// <summary>Nothing that was there before and is there after may be lost; nothing that was gone before may come back.</summary>
    private void DoCrashAmid(CrashAmid amid)
    {
        var before = PersistentIds();
        var lastBefore = _lastId;
        _broker.SnapshotAfter(amid.Turns);
        Do(amid.Step);
        var after = PersistentIds();
        var dead = _model.Buried.Select(buried => buried.Id).ToHashSet();
        // Where dead letters may go nowhere, they may be gone: that is checked by all other histories.
        if (_shape.Rules.Target != DeadLetterTarget.Grave || _model.Rules.Target != DeadLetterTarget.Grave) return;
        _broker.Crash();
        var inQueue = TakeAll(Queue, _channel);
        var inGrave = TakeAll(_broker.Grave, _gravedigger);
        foreach (var id in before.Where(id => after.Contains(id) || dead.Contains(id)))
            Assert.True(inQueue.Contains(id) || inGrave.Contains(id), $"message {id} is lost");
        // Those of the step are the only new ones.
        foreach (var id in inQueue.Concat(inGrave))
            Assert.True(before.Contains(id) || id > lastBefore, $"message {id} was gone and is back");
        Assert.Equal(inQueue.Distinct(), inQueue);
        Assert.All(inGrave.GroupBy(id => id), copies => Assert.True(copies.Count() <= (dead.Contains(copies.Key) ? 2 : 1)));
    }

    private HashSet<ulong> PersistentIds() => [.. _model.All.Where(message => message.Persistent).Select(message => message.Id)];

    private List<ulong> TakeAll(MessageQueue queue, FeatureChannel channel)
    {
        while (_broker.Wait(queue.GetAsync(channel, autoAck: true))) _broker.Settle();
        _ = channel.TakeBuried();
        return [.. channel.TakeDelivered().Select(delivered => delivered.Id)];
    }

    /// <summary>Lets the queue come to rest, then lets the model do the same.</summary>
    private void Compare(Action model)
    {
        _broker.Settle();
        _broker.EndSnapshot();
        _model.Begin(_channel.TakeDelivered());
        model();
        _model.End();
        while (_broker.Wait(_broker.Grave.GetAsync(_gravedigger, autoAck: true)))
        {
        }

        _ = _gravedigger.TakeDelivered();
        Assert.Equal(_model.Buried.Select(buried => buried.ToString()), _gravedigger.TakeBuried().Select(buried => buried.ToString()));
    }

    private void Check()
    {
        Assert.Equal(QueueState.Running, Queue.State);
        Assert.Equal(_model.Ready.Count(), Queue.ReadyCount);
        Assert.Equal(_model.Ready.Sum(message => message.BodyBytes), Queue.ReadyBodyBytes);
        Assert.Equal(_model.Out.Count, Queue.UnsettledCount);
        Assert.Equal(_model.Out.Sum(message => message.BodyBytes), Queue.UnsettledBodyBytes);
        Assert.Equal(_model.Consumers.Count, Queue.ConsumerCount);
        Assert.Equal(0, Queue.DeadCount);
    }
}
