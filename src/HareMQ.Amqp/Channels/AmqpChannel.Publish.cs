using System.Text;
using HareMQ.Amqp.Publishing;
using HareMQ.Broker.Access;
using HareMQ.Broker.Deduplication;
using HareMQ.Broker.Delays;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

internal sealed partial class AmqpChannel
{
    /// <summary>A transaction is held in memory until its commit.</summary>
    private const long TransactionBytesMax = 512 * 1024 * 1024;

    // Owned by the read loop.
    private readonly RouteDeduplication _deduplication = new();

    private static ReadOnlySpan<byte> PseudoQueueUtf8 => "amq.rabbitmq.reply-to"u8;

    /// <summary>Takes a complete publish: routes it and encodes it into the batch of this read (or of the open transaction).</summary>
    /// <param name="arguments">The arguments of basic.publish.</param>
    /// <param name="header">The content header.</param>
    /// <param name="body">The body, or the frames that carry it.</param>
    /// <param name="bodyIsFramed"><paramref name="body"/> is body frames.</param>
    /// <param name="assembly">What <paramref name="body"/> lies in, if its content came over several reads.</param>
    /// <exception cref="AmqpException">The publish is refused.</exception>
    public void Publish(ReadOnlySpan<byte> arguments, ContentHeader header, ReadOnlySpan<byte> body, bool bodyIsFramed, ContentAssembly? assembly = null)
    {
        if (header.BodyBytes > (ulong)_connection.MessageBytesMax) throw AmqpErrors.MessageTooLarge(header.BodyBytes, _connection.MessageBytesMax);
        var publish = BasicPublish.Read(arguments);
        if (publish.Immediate) throw AmqpErrors.NotImplemented("immediate=true");
        var properties = BasicProperties.Read(header.Properties);
        // Exchange and routing key as they lie in the frame, between ticket and bits.
        var routeKey = arguments[2..^1];
        // A table that nobody here reads must still not break the consumer that does.
        if (properties.HasHeaders) FieldTableScan.Validate(properties.Headers);
        var carriesKeys = properties.HasHeaders && RoutingKeys.AreInHeaders(properties.Headers);
        var targets = (carriesKeys ? null : _connection.Routes.Find(routeKey))
            ?? ResolveRoute(publish, routeKey, in properties, cacheable: !carriesKeys);
        var expiresAtMs = properties.Has(BasicPropertyFlags.Expiration)
            ? _connection.NowMs + MessageExpiration.Parse(properties.Expiration)
            : 0;
        if (!properties.UserId.IsEmpty) CheckUserId(properties.UserId);
        var encoded = properties.Encoded;
        if (carriesKeys || properties.ReplyTo.SequenceEqual(PseudoQueueUtf8))
            encoded = Rewrite(properties, keepsBlindCopies: targets.Queues is [DelayedMessages]);

        Messages.Publish++;
        var batch = _transaction?.Batch ?? _connection.Batch;
        if (_transaction is not null && batch.Bytes + (long)header.BodyBytes > TransactionBytesMax) throw AmqpErrors.TransactionTooLarge(TransactionBytesMax);
        if (targets.IsEmpty)
        {
            // Where a duplicate was to go, its original has gone.
            var isReturned = publish.Mandatory && !_deduplication.HasDuplicate;
            if (isReturned) Messages.ReturnUnroutable++;
            else Messages.DropUnroutable++;
            if (isReturned) Return(publish, encoded, header, body, bodyIsFramed);
        }
        else
        {
            var head = new MessageHead
            {
                Exchange = publish.Exchange,
                RoutingKey = publish.RoutingKey,
                Properties = encoded,
                Persistent = properties.IsPersistent || targets.KeepTransient,
                Priority = properties.Priority,
                TimestampMs = _connection.NowMs,
                ExpiresAtMs = expiresAtMs,
            };
            var isInPlace = assembly is not null && batch.TryAdopt(head, assembly.Buffer, assembly.BodyAt);
            var destination = batch.Begin(head, (int)header.BodyBytes);
            if (bodyIsFramed) ContentFrames.CopyBody(body, destination);
            else if (!isInPlace) body.CopyTo(destination);
            batch.End(targets);
            Messages.Routed += targets.Queues.Length;
        }

        _connection.CountPublish(targets.Queues.Length);
        if (_deduplication.IsUsed) SettleKeys(batch, isRouted: !targets.IsEmpty);
        _confirms?.Add(batch, isRouted: !targets.IsEmpty);
        if (_virtualHost.Firehose is { } firehose)
            TracePublish(firehose, publish, in properties, (int)header.BodyBytes, body, bodyIsFramed, targets);
    }

    private void SettleKeys(PublishBatch batch, bool isRouted)
    {
        if (!isRouted) _deduplication.GiveUp();
        batch.Keys.AwaitsCommit = _transaction is not null;
        _deduplication.MoveTo(batch);
    }

    private RouteTargets ResolveRoute(BasicPublish publish, ReadOnlySpan<byte> routeKey, in BasicProperties properties, bool cacheable)
    {
        // Read before the route is computed: a change in between leaves a route that looks too old, never one that looks too new.
        var topologyVersion = _virtualHost.Topology.Version;
        var accessVersion = _connection.Access.Version;
        var name = Encoding.UTF8.GetString(publish.Exchange);
        var resource = Authorizer.ResourceName(name);
        if (!_authorizer.MayWrite(resource)) throw ExchangeRefused(AccessRight.Write, resource);
        var exchange = _virtualHost.GetExchange(name);
        _connection.Routes.Counts = exchange.Messages;
        if (exchange.Internal) throw RoutingErrors.InternalExchange(name, _virtualHost.Name);
        if (exchange is DelayedExchange) DelayHeader.Check(properties);
        if (exchange.Type == ExchangeTypes.Topic) CheckTopicAccess(name, publish.RoutingKey, properties.Headers);

        _deduplication.Start(_connection.NowMs);
        var targets = _virtualHost.Topology.Route(exchange, publish.RoutingKey, in properties, out var dependsOnMessage, _deduplication);
        // A reply target ends with its consumer, without a word to the topology.
        if (cacheable && !dependsOnMessage && targets.Queues is not [DirectReplyTarget]) _connection.Routes.Remember(routeKey, targets, topologyVersion, accessVersion);
        return targets;
    }

    /// <summary>Every key counts, those in CC and BCC too.</summary>
    private void CheckTopicAccess(string exchange, ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> headers)
    {
        var keys = new RoutingKeys();
        keys.Add(routingKey);
        keys.AddSenderSelected(headers);
        for (var i = 0; i < keys.Count; i++)
        {
            if (!_authorizer.MayWriteTopic(exchange, keys[i]))
                throw AccessErrors.TopicRefused(AccessRight.Write, keys[i].ToString(), exchange, _virtualHost.Name, _authorizer.User);
        }
    }

    private void CheckUserId(ReadOnlySpan<byte> userId)
    {
        if (userId.SequenceEqual(_connection.UserUtf8) || _connection.MayImpersonate) return;
        throw AmqpErrors.UserIdMismatch(Encoding.UTF8.GetString(userId), _authorizer.User);
    }

    /// <summary>BCC is not for the receivers; the pseudo-queue in reply-to becomes the name under which this channel can be answered.</summary>
    /// <param name="properties">As published.</param>
    /// <param name="keepsBlindCopies">The message is not routed yet: the exchange that holds it back takes BCC off.</param>
    private byte[] Rewrite(BasicProperties properties, bool keepsBlindCopies)
    {
        var builder = new BasicPropertiesBuilder(properties.Encoded);
        if (!keepsBlindCopies && properties.HasHeaders && FieldTableScan.TryFind(properties.Headers, "BCC"u8, out _, out _)) builder.RemoveHeader("BCC");
        if (properties.ReplyTo.SequenceEqual(PseudoQueueUtf8))
        {
            if (_replyTarget is null) throw AmqpErrors.PreconditionFailed("fast reply consumer does not exist");
            builder.SetReplyTo(_replyTarget.Name);
        }

        return builder.ToEncoded();
    }

    private void Return(BasicPublish publish, ReadOnlySpan<byte> properties, ContentHeader header, ReadOnlySpan<byte> body, bool bodyIsFramed)
    {
        if (bodyIsFramed)
        {
            var copy = new byte[header.BodyBytes];
            ContentFrames.CopyBody(body, copy);
            body = copy;
        }

        if (_transaction is { } transaction)
        {
            transaction.Return(publish.Exchange, publish.RoutingKey, properties, body);
            return;
        }

        WriteReturn(publish.Exchange, publish.RoutingKey, properties, body);
    }

    private void WriteReturn(ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> body)
    {
        lock (_writer.Gate)
        {
            var method = new BasicReturn((ushort)ReplyCode.NoRoute, "NO_ROUTE"u8, exchange, routingKey);
            _writer.WriteContentLocked(_number, method, properties, body, _connection.FrameMaxBytes);
        }
    }

    private ValueTask OnConfirmSelect(ConfirmSelect select)
    {
        if (_transaction is not null) throw AmqpErrors.PreconditionFailed("cannot switch from tx to confirm mode");
        _confirms ??= new ConfirmTracker(_number, _writer);
        if (!select.NoWait) _writer.Write(_number, new ConfirmSelectOk());
        return default;
    }
}
