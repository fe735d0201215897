using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Broker.Delays;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

internal sealed partial class AmqpChannel
{
    private const string ReservedPrefix = "amq.";
    private const string ServerNamedPrefix = "amq.gen-";

    private ValueTask OnQueueDeclare(QueueDeclare declare)
    {
        var name = Name(declare.Queue);
        if (name.StartsWith(DirectReplyTarget.PseudoQueue, StringComparison.Ordinal)) return OnReplyQueueDeclare(name, declare.NoWait);
        if (declare.Passive) return DeclarePassiveAsync(name.Length == 0 ? LastQueue() : name, declare.NoWait);
        var owner = declare.Exclusive ? _connection : null;
        var arguments = Table(declare.Arguments);
        // An exclusive queue does not outlive its connection, so it is never durable.
        return DeclareAsync(name, declare.Durable && owner is null, declare.AutoDelete, owner, arguments, declare.NoWait);
    }

    private async ValueTask DeclareAsync(string name, bool durable, bool autoDelete, object? owner, FieldTable arguments, bool noWait)
    {
        var generated = name.Length == 0;
        if (generated && arguments.TryGet(QueueArguments.Type, out var type) && type.TryGetString(out var typeName) && typeName == "quorum")
            throw BrokerErrors.ServerNamedQuorumQueue();
        if (generated) name = ServerNamedPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        else if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal)) throw BrokerErrors.ReservedQueueName(name);
        if (!_authorizer.MayConfigure(name)) throw QueueRefused(AccessRight.Configure, name);
        CheckDeadLetterAccess(name, arguments);
        var declaration = new QueueDeclaration(name, durable, autoDelete, owner, arguments) { User = _authorizer.User };
        var queue = await _virtualHost.DeclareQueueAsync(declaration);
        if (owner is not null) _connection.OwnQueue(queue);
        _lastQueue = name;
        if (!noWait) await AnswerDeclareAsync(queue);
    }

    private async ValueTask DeclarePassiveAsync(string name, bool noWait)
    {
        if (_virtualHost.TryGetDelayed(name, out var delayed))
        {
            await AnswerDelayedAsync(delayed, noWait);
            return;
        }

        var queue = _virtualHost.GetQueue(name, _connection);
        if (!MayUse(name)) throw QueueRefused(AccessRight.Configure, name);
        _lastQueue = name;
        if (!noWait) await AnswerDeclareAsync(queue);
    }

    private async ValueTask AnswerDeclareAsync(MessageQueue queue)
    {
        var (ready, consumers) = await queue.CountAsync();
        _writer.Write(_number, new QueueDeclareOk(Encoding.UTF8.GetBytes(queue.Name), Count(ready), (uint)consumers));
    }

    /// <summary>Declaring the name that stands for what an exchange holds back asks how much that is.</summary>
    private async ValueTask AnswerDelayedAsync(DelayedMessages delayed, bool noWait)
    {
        if (!MayUse(delayed.Name)) throw QueueRefused(AccessRight.Configure, delayed.Name);
        var count = await delayed.CountAsync();
        if (!noWait) _writer.Write(_number, new QueueDeclareOk(Encoding.UTF8.GetBytes(delayed.Name), Count(count), consumerCount: 0));
    }

    /// <summary>Declaring a direct reply-to name asks whether the requester is still there.</summary>
    private ValueTask OnReplyQueueDeclare(string name, bool noWait)
    {
        if (name != DirectReplyTarget.PseudoQueue && !_virtualHost.HasReplyTarget(name))
            throw BrokerErrors.QueueNotFound(name, _virtualHost.Name);
        if (!noWait) _writer.Write(_number, new QueueDeclareOk(Encoding.UTF8.GetBytes(name), messageCount: 0, consumerCount: 1));
        return default;
    }

    private ValueTask OnQueueBind(QueueBind bind)
    {
        var (queue, key) = BindTarget(bind.Queue, bind.RoutingKey);
        return QueueBindAsync(queue, Name(bind.Exchange), key, Table(bind.Arguments), bind.NoWait);
    }

    private async ValueTask QueueBindAsync(string queueName, string exchangeName, string key, FieldTable arguments, bool noWait)
    {
        var (queue, exchange) = BindEnds(queueName, exchangeName, key);
        await _virtualHost.BindAsync(exchange, queue, key, arguments);
        if (!noWait) _writer.Write(_number, new QueueBindOk());
    }

    private ValueTask OnQueueUnbind(QueueUnbind unbind)
    {
        var (queue, key) = BindTarget(unbind.Queue, unbind.RoutingKey);
        return QueueUnbindAsync(queue, Name(unbind.Exchange), key, Table(unbind.Arguments));
    }

    private async ValueTask QueueUnbindAsync(string queueName, string exchangeName, string key, FieldTable arguments)
    {
        var (queue, exchange) = BindEnds(queueName, exchangeName, key);
        await _virtualHost.UnbindAsync(exchange, queue, key, arguments);
        _writer.Write(_number, new QueueUnbindOk());
    }

    private ValueTask OnQueuePurge(QueuePurge purge) => PurgeAsync(QueueOrLast(purge.Queue), purge.NoWait);

    private async ValueTask PurgeAsync(string name, bool noWait)
    {
        if (!_authorizer.MayRead(name)) throw QueueRefused(AccessRight.Read, name);
        var count = _virtualHost.TryGetDelayed(name, out var delayed)
            ? await delayed.PurgeAsync()
            : await _virtualHost.GetQueue(name, _connection).PurgeAsync();
        if (!noWait) _writer.Write(_number, new QueuePurgeOk(Count(count)));
    }

    private ValueTask OnQueueDelete(QueueDelete delete) =>
        DeleteAsync(QueueOrLast(delete.Queue), delete.IfUnused, delete.IfEmpty, delete.NoWait);

    private async ValueTask DeleteAsync(string name, bool ifUnused, bool ifEmpty, bool noWait)
    {
        if (!_authorizer.MayConfigure(name)) throw QueueRefused(AccessRight.Configure, name);
        var outcome = default(DeleteOutcome);
        if (_virtualHost.TryGetQueue(name, out _))
        {
            var queue = _virtualHost.GetQueue(name, _connection);
            outcome = await _virtualHost.DeleteQueueAsync(queue, ifUnused, ifEmpty);
            _connection.DisownQueue(queue);
        }

        if (!noWait) _writer.Write(_number, new QueueDeleteOk(Count(outcome.MessageCount)));
        // After the answer, as in RabbitMQ: a client that consumes here too may hang up on the cancel.
        outcome.TellConsumers();
    }

    /// <summary>An empty name stands for the queue that was declared last on this channel; with it, and only with it, an empty key does too.</summary>
    private (string Queue, string Key) BindTarget(ReadOnlySpan<byte> queue, ReadOnlySpan<byte> key)
    {
        if (!queue.IsEmpty) return (Name(queue), Encoding.UTF8.GetString(key));
        var last = LastQueue();
        return (last, key.IsEmpty ? last : Encoding.UTF8.GetString(key));
    }

    private (MessageQueue Queue, Exchange Exchange) BindEnds(string queueName, string exchangeName, string key)
    {
        if (exchangeName.Length == 0) throw RoutingErrors.DefaultExchange();
        if (!_authorizer.MayWrite(queueName)) throw QueueRefused(AccessRight.Write, queueName);
        CheckBindSource(exchangeName, key);
        var queue = _virtualHost.GetQueue(queueName, _connection);
        return (queue, _virtualHost.GetExchange(exchangeName));
    }

    private bool MayUse(string queue) => _authorizer.MayConfigure(queue) || _authorizer.MayRead(queue) || _authorizer.MayWrite(queue);

    private string QueueOrLast(ReadOnlySpan<byte> name) => name.IsEmpty ? LastQueue() : Name(name);

    private string LastQueue() => _lastQueue ?? throw BrokerErrors.NoPreviousQueue();

    private void CheckDeadLetterAccess(string queue, FieldTable arguments)
    {
        if (!arguments.TryGet(QueueArguments.DeadLetterExchange, out var value) || !value.TryGetString(out var exchange)) return;
        if (!_authorizer.MayRead(queue)) throw QueueRefused(AccessRight.Read, queue);
        var resource = Authorizer.ResourceName(exchange);
        if (!_authorizer.MayWrite(resource)) throw ExchangeRefused(AccessRight.Write, resource);
    }

    private ChannelException QueueRefused(AccessRight right, string queue) =>
        AccessErrors.QueueRefused(right, queue, _virtualHost.Name, _authorizer.User);

    private ChannelException ExchangeRefused(AccessRight right, string exchange) =>
        AccessErrors.ExchangeRefused(right, exchange, _virtualHost.Name, _authorizer.User);
}
