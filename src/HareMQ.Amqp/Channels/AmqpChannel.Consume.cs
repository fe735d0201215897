using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

internal sealed partial class AmqpChannel
{
    private const string PriorityArgument = "x-priority";

    private DirectReplyTarget? _replyTarget;

    private ValueTask OnConsume(BasicConsume consume)
    {
        var queue = QueueOrLast(consume.Queue);
        var tag = Encoding.UTF8.GetString(consume.ConsumerTag);
        if (tag.Length == 0) tag = "amq.ctag-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        lock (_writer.Gate)
        {
            if (_consumers.ContainsKey(tag)) throw AmqpErrors.ConsumerTagInUse(tag);
        }

        if (_connection.ConsumersPerChannelMax is { } max && _consumers.Count >= max) throw AmqpErrors.TooManyConsumers(max);
        var arguments = Table(consume.Arguments);
        var consumer = new Consumer(this, tag, consume.NoAck, consume.Exclusive, _prefetch, PriorityOf(arguments), arguments);
        return queue == DirectReplyTarget.PseudoQueue ? ConsumeReplies(consumer, consume.NoWait) : ConsumeAsync(queue, consumer, consume.NoWait);
    }

    private async ValueTask ConsumeAsync(string queueName, Consumer consumer, bool noWait)
    {
        if (!_authorizer.MayRead(queueName)) throw QueueRefused(AccessRight.Read, queueName);
        var queue = _virtualHost.GetQueue(queueName, _connection);
        if (consumer.Arguments.TryGet(PriorityArgument, out var priority) && !priority.TryGetInteger(out _))
        {
            var reason = $"\"expected integer, got {priority.Type.Name()}\"";
            throw BrokerErrors.InvalidQueueArgument(PriorityArgument, queueName, _virtualHost.Name, reason);
        }

        // Runs in the queue's turn, so that consume-ok goes out before the first delivery.
        await queue.ConsumeAsync(consumer, () => Register(consumer, noWait));
        TellConsumerCreated(consumer, queue);
    }

    private ValueTask ConsumeReplies(Consumer consumer, bool noWait)
    {
        if (!consumer.AutoAck) throw AmqpErrors.PreconditionFailed("reply consumer cannot acknowledge");
        if (_replyTarget is not null) throw AmqpErrors.PreconditionFailed("reply consumer already set");
        _replyTarget = new DirectReplyTarget(consumer);
        _virtualHost.AddReplyTarget(_replyTarget);
        Register(consumer, noWait);
        return default;
    }

    private void Register(Consumer consumer, bool noWait)
    {
        lock (_writer.Gate)
        {
            _consumers.Add(consumer.Tag, consumer);
            if (!noWait) _writer.WriteLocked(_number, new BasicConsumeOk(consumer.TagUtf8));
        }
    }

    private ValueTask OnCancel(BasicCancel cancel)
    {
        var tag = Encoding.UTF8.GetString(cancel.ConsumerTag);
        Consumer? consumer;
        lock (_writer.Gate) _consumers.Remove(tag, out consumer);
        return CancelAsync(consumer, tag, cancel.NoWait);
    }

    private async ValueTask CancelAsync(Consumer? consumer, string tag, bool noWait)
    {
        if (consumer is { Queue: null }) RemoveReplyTarget();
        else if (consumer is not null) await DetachAsync(consumer);
        if (!noWait) _writer.Write(_number, new BasicCancelOk(Encoding.UTF8.GetBytes(tag)));
    }

    /// <summary>Takes a consumer from its queue, and an auto-delete queue with its last one.</summary>
    private async Task DetachAsync(Consumer consumer)
    {
        if (consumer.Queue is not { } queue) return;
        var isAbandoned = await queue.CancelAsync(consumer);
        TellConsumerDeleted(consumer, queue);
        if (!isAbandoned) return;
        await _virtualHost.DeleteAbandonedAsync(queue);
        _connection.DisownQueue(queue);
    }

    private void RemoveReplyTarget()
    {
        if (_replyTarget is null) return;
        _virtualHost.RemoveReplyTarget(_replyTarget);
        _replyTarget = null;
    }

    private ValueTask OnGet(BasicGet get) => GetAsync(QueueOrLast(get.Queue), get.NoAck);

    private async ValueTask GetAsync(string queueName, bool autoAck)
    {
        if (!_authorizer.MayRead(queueName)) throw QueueRefused(AccessRight.Read, queueName);
        var queue = _virtualHost.GetQueue(queueName, _connection);
        if (await queue.GetAsync(this, autoAck)) return;
        Messages.GetEmpty++;
        _writer.Write(_number, new BasicGetEmpty(default));
    }

    private ValueTask OnQos(BasicQos qos)
    {
        if (qos.PrefetchSize != 0) throw AmqpErrors.NotImplemented($"prefetch_size!=0 ({qos.PrefetchSize})");
        if (qos.Global) SetSharedCredit(qos.PrefetchCount);
        else _prefetch = qos.PrefetchCount;
        _writer.Write(_number, new BasicQosOk());
        return default;
    }

    private void SetSharedCredit(int limit)
    {
        lock (_writer.Gate)
        {
            if (_sharedCredit is { } shared) shared.SetLimit(limit);
            else if (limit != 0) Volatile.Write(ref _sharedCredit, new SharedCredit(limit, _unsettled.MarkAllHoldingSharedCredit()));
        }

        // A raised limit may let consumers go on.
        WakeWaitingConsumers();
    }

    private static int PriorityOf(FieldTable arguments) =>
        arguments.TryGet(PriorityArgument, out var value) && value.TryGetInteger(out var priority)
            ? (int)Math.Clamp(priority, int.MinValue, int.MaxValue)
            : 0;
}
