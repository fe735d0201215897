using System.Globalization;
using System.Text;
using HareMQ.Broker.Access;
using HareMQ.Broker.Deduplication;
using HareMQ.Broker.Delays;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Statistics;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;
using HareMQ.Protocol;

namespace HareMQ.Management.Messages;

/// <summary>Publishes one message as a client would: mandatory, with a confirm.</summary>
internal sealed class MessagePublisher(ApiRequest request, VirtualHost virtualHost) : IBatchOwner, IConfirmSink
{
    private readonly RouteDeduplication _deduplication = new();
    private readonly TaskCompletionSource<bool> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RouteTargets _targets = RouteTargets.Empty;
    private bool _isDuplicate;

    /// <returns>False: no queue is bound for it.</returns>
    /// <exception cref="AmqpException">What AMQP says to such a publish.</exception>
    /// <exception cref="ApiException">400: a queue had no room.</exception>
    public async Task<bool> PublishAsync(string exchangeName, string routingKey, byte[] properties, ReadOnlyMemory<byte> body)
    {
        var exchange = virtualHost.GetExchange(exchangeName);
        var key = Encoding.UTF8.GetBytes(routingKey);
        if (key.Length > byte.MaxValue) throw ApiException.BadRequest("the routing key is longer than 255 bytes");
        CheckAccess(exchange, routingKey);
        var counts = new MessageCounts { Publish = 1, PublishConfirm = 1 };
        var queues = Enqueue(exchange, key, properties, body.Span);
        new HttpTrace(request, virtualHost).Published(exchange, key, properties, body.Span, _targets);
        exchange.Messages.Add(1, queues);
        counts.Routed = queues;
        if (queues == 0 && !_isDuplicate) counts.ReturnUnroutable = 1;
        else if (queues > 0 && !await _stored.Task)
            throw ApiException.BadRequest("rejected Unable to publish message. Check queue limits.");
        counts.Confirm = 1;
        virtualHost.PastMessages.Add(counts);
        return queues > 0 || _isDuplicate;
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
        // One message is under way at most.
    }

    void IConfirmSink.Complete(ConfirmTicket ticket) => 
        _stored.TrySetResult(ticket is { Refused: false, RefusedSequences: null });

    private void CheckAccess(Exchange exchange, string routingKey)
    {
        var authorizer = request.Authorizer(virtualHost);
        if (!authorizer.MayWrite(exchange.Name))
            throw AccessErrors.ExchangeRefused(AccessRight.Write, exchange.Name, virtualHost.Name, authorizer.User);
        if (exchange.Internal) throw RoutingErrors.InternalExchange(exchange.Name, virtualHost.Name);
        if (exchange.Type == ExchangeTypes.Topic && !authorizer.MayWriteTopic(exchange.Name, routingKey))
            throw AccessErrors.TopicRefused(AccessRight.Write, routingKey, exchange.Name, virtualHost.Name, authorizer.User);
    }

    /// <returns>How many queues get it.</returns>
    private int Enqueue(Exchange exchange, byte[] key, byte[] encoded, ReadOnlySpan<byte> body)
    {
        var properties = BasicProperties.Read(encoded);
        CheckUserId(properties);
        if (exchange is DelayedExchange) DelayHeader.Check(in properties);
        var nowMs = request.Context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var expiresAtMs = ExpiresAtMs(properties, nowMs);
        _deduplication.Start(nowMs);
        var targets = _targets = virtualHost.Topology.Route(exchange, key, in properties, out _, _deduplication);
        if (targets.IsEmpty)
        {
            // Where a duplicate was to go, its original has gone.
            _isDuplicate = _deduplication.HasDuplicate;
            _deduplication.Abandon();
            return 0;
        }

        var isDelayed = targets.Queues is [DelayedMessages];
        if (!isDelayed && properties.HasHeaders && FieldTableScan.TryFind(properties.Headers, "BCC"u8, out _, out _))
            encoded = new BasicPropertiesBuilder(encoded).RemoveHeader("BCC").ToEncoded();
        var batch = PublishBatch.Rent(this);
        var head = new MessageHead
        {
            Exchange = Encoding.UTF8.GetBytes(exchange.Name),
            RoutingKey = key,
            Properties = encoded,
            Persistent = properties.IsPersistent || targets.KeepTransient,
            Priority = properties.Priority,
            TimestampMs = nowMs,
            ExpiresAtMs = expiresAtMs,
        };
        body.CopyTo(batch.Begin(head, body.Length));
        batch.End(targets);
        _deduplication.MoveTo(batch);
        batch.AddConfirm(this, sequence: 1);
        batch.Dispatch(runInline: false);
        return targets.Queues.Length;
    }

    private void CheckUserId(BasicProperties properties)
    {
        if (properties.UserId.IsEmpty) return;
        var (user, name) = (request.User, Encoding.UTF8.GetString(properties.UserId));
        if (name == user.Name || user.Tags.Contains(UserTags.Impersonator)) return;
        throw ApiException.BadRequest(
            $"406 PRECONDITION_FAILED - user_id property set to '{name}' but authenticated user was '{user.Name}'");
    }

    private static long ExpiresAtMs(BasicProperties properties, long nowMs)
    {
        if (!properties.Has(BasicPropertyFlags.Expiration)) return 0;
        var text = Encoding.UTF8.GetString(properties.Expiration);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= uint.MaxValue
            ? nowMs + milliseconds
            : throw ApiException.BadRequest($"406 PRECONDITION_FAILED - invalid expiration '{text}'");
    }
}
