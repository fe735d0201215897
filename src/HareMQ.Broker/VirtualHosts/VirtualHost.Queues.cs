using HareMQ.Broker.Definitions;
using HareMQ.Broker.Events;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.VirtualHosts;

internal sealed partial class VirtualHost
{
    /// <summary>Creates the queue, or returns the one that is there.</summary>
    /// <exception cref="Protocol.ChannelException">
    /// 406: it was declared differently, or an argument is invalid. 405: it is another connection's exclusive queue.
    /// </exception>
    public async ValueTask<MessageQueue> DeclareQueueAsync(QueueDeclaration declaration)
    {
        MessageQueue queue;
        var written = Task.CompletedTask;
        declaration = QueueArguments.WithType(declaration, DefaultQueueType);
        Churn.QueueDeclared();
        lock (_changing)
        {
            if (TryGetQueue(declaration.Name, out queue))
            {
                if (!ReferenceEquals(queue.Declaration.Owner, declaration.Owner)) throw BrokerErrors.QueueLocked(declaration.Name, Name);
                QueueArguments.CheckEquivalence(queue.Declaration, declaration, Name);
                return queue;
            }

            if (IsDeleted) throw BrokerErrors.QueueNotFound(declaration.Name, Name);
            if (LimitReader.IsReached(_limits.MaxQueues, _queues.Count))
                throw LimitErrors.Queues(declaration.Name, Name, _limits.MaxQueues);
            if (NodeLimits.Queues is { } queuesMax && NodeUsage?.Queues >= queuesMax) throw LimitErrors.NodeQueues(declaration.Name, queuesMax);
            queue = CreateQueue(declaration, QueueSettingsReader.Read(declaration, Name), _logIds.Next());
            // Written, and waiting for its sync, before anybody can find it: no message in it is confirmed before it is sure to exist.
            if (IsKept(queue)) written = _journal.AppendAsync(Describe(queue));
            _queues[declaration.Name] = queue;
            Topology.QueueAdded();
            Churn.QueueCreated();
            if (Events.AreWanted) Events.QueueCreated(queue);
            // So that its time begins to run.
            if (queue.Settings.ExpiresMs is not null) queue.Wake();
        }

        await written;
        return queue;
    }

    /// <summary>Finds a queue for use by <paramref name="connection"/>.</summary>
    /// <exception cref="Protocol.ChannelException">404: it is not there. 405: it is another connection's exclusive queue.</exception>
    public MessageQueue GetQueue(string name, object connection)
    {
        if (!TryGetQueue(name, out var queue)) throw BrokerErrors.QueueNotFound(name, Name);
        if (queue.Declaration.Owner is { } owner && !ReferenceEquals(owner, connection)) throw BrokerErrors.QueueLocked(name, Name);
        return queue;
    }

    /// <summary>Deletes the queue, its messages and its bindings.</summary>
    /// <returns>What went with it; its consumers are still to be told.</returns>
    /// <exception cref="Protocol.ChannelException">406: a condition does not hold.</exception>
    public async ValueTask<DeleteOutcome> DeleteQueueAsync(MessageQueue queue, bool ifUnused, bool ifEmpty)
    {
        var outcome = await queue.DeleteAsync(ifUnused, ifEmpty);
        switch (outcome.Result)
        {
            case DeleteResult.InUse: throw BrokerErrors.QueueInUse(queue.Name, Name);
            case DeleteResult.NotEmpty: throw BrokerErrors.QueueNotEmpty(queue.Name, Name);
            case DeleteResult.AlreadyDeleted: return outcome;
        }

        await ForgetQueueAsync(queue);
        return outcome;
    }

    bool IQueueHost.HasLane(ulong logId, byte priority) => _store.HasLog(logId, priority);

    SegmentLog IQueueHost.OpenLane(ulong logId, byte priority) => _store.OpenLog(logId, priority);

    RouteTargets IQueueHost.Route(string exchange, ReadOnlySpan<byte> routingKey, in BasicProperties properties) =>
        Topology.TryGetExchange(exchange, out var found) ? Topology.Route(found, routingKey, in properties) : RouteTargets.Empty;

    void IQueueHost.QueueExpired(MessageQueue queue)
    {
        lock (_changing) _forgetting = Task.WhenAll(_forgetting, ForgetExpiredQueueAsync(queue));
    }

    /// <summary>The queue that has ended in its own turn cannot wait for it; <see cref="CloseAsync"/> does. Never throws.</summary>
    private async Task ForgetExpiredQueueAsync(MessageQueue queue)
    {
        try
        {
            // Whoever's call the queue has run in has not asked for this.
            ActingUser.Set(null);
            await Task.Yield();
            await ForgetQueueAsync(queue);
        }
        catch (Exception error)
        {
            BrokerLog.ExpiredQueueNotRemoved(_logger, Name, queue.Name, error);
        }
    }

    private async Task ForgetQueueAsync(MessageQueue queue)
    {
        PastQueues.Add(queue);
        lock (_changing)
        {
            if (_queues.TryRemove(KeyValuePair.Create(queue.Name, queue))) Churn.QueueDeleted();
            Topology.RemoveDestination(queue, out var removed, out var autoDeleted);
            // Declared anew meanwhile: the new one's line has replaced this one's already, and must not be undone.
            var isReplaced = _queues.TryGetValue(queue.Name, out var successor) && IsKept(successor);
            if (IsKept(queue) && !isReplaced) _journal.Append(new QueueGone(Name, queue.Name));
            ForgetExchanges(autoDeleted);
            TellRemoved(removed, autoDeleted);
            if (Events.AreWanted) Events.QueueDeleted(queue);
        }

        try
        {
            _store.DeleteLog(queue.LogId);
        }
        catch (StorageException error)
        {
            // The queue is gone all the same; what is left of its files goes at the next start.
            BrokerLog.FilesLeft(_logger, Name, queue.Name, error);
        }

        await _journal.SyncAsync();
    }

    /// <summary>Deletes an auto-delete queue that its last consumer has left, unless somebody else consumes from it already.</summary>
    public async ValueTask DeleteAbandonedAsync(MessageQueue queue)
    {
        var outcome = await queue.DeleteAsync(ifUnused: true, ifEmpty: false);
        if (outcome.Result == DeleteResult.Deleted) await ForgetQueueAsync(queue);
    }

    /// <summary>Whether the queue is there again after a restart.</summary>
    private static bool IsKept(MessageQueue queue) => queue.Durable && !queue.Declaration.Exclusive;

    private static bool IsKept(IRouteTarget target) => target is MessageQueue queue ? IsKept(queue) : target.Durable;

    private QueuePut Describe(MessageQueue queue) =>
        new(
            Name, queue.Name, queue.Declaration.AutoDelete, queue.Declaration.Arguments.Encoded.ToArray(), queue.LogId, queue.Declaration.User);
}
