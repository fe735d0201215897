using System.Text;
using HareMQ.Broker.DeadLetters;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Statistics;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>
/// Dead letters, at least once: a dead message leaves this queue's log only when the queues it was sent to have it (durably, where they are
/// durable). After a crash in between it is ready again here, and dies again.
/// </summary>
internal sealed partial class MessageQueue
{
    private DeadLetterBox? _dead;

    /// <summary>Messages handed to it are taken, or at least not refused for good.</summary>
    public bool TakesMessages => _state is QueueState.Running or QueueState.Deleted && !_refuses;

    /// <summary>Called on any thread when the targets of a batch have answered.</summary>
    public void DeadLettersEnded(DeadLetterBatch batch) => Post(new QueueCommand(QueueCommandKind.DeadLettersEnded, batch));

    /// <summary>A message is over here: it becomes a dead letter, where the queue says so.</summary>
    private void Die(MessageLane lane, LogPosition position, int recordBytes, DeathReason reason)
    {
        (Deaths ??= new DeathCounts()).Count(reason, hasExchange: _settings.DeadLetterExchange is not null);
        if (_settings.DeadLetterExchange is null)
        {
            Done(lane, position, recordBytes);
            return;
        }

        _dead ??= new DeadLetterBox();
        _dead.Add(new DeadMessage(lane, position, recordBytes, reason));
        _duties |= QueueDuties.DeadLetters;
    }

    private void SendDeadLetters(long nowMs, ref long dueAtMs)
    {
        var dead = _dead!;
        dead.RetryWhatIsDue(nowMs);
        while (dead.MaySend)
        {
            var batch = new DeadLetterBatch(this);
            while (!batch.IsFull && dead.TryTake(out var message)) AddDeadLetter(batch, message, nowMs);
            if (batch.IsEmpty)
            {
                batch.Abandon();
                continue;
            }

            dead.BatchSent(batch);
            batch.Dispatch();
        }

        dueAtMs = Math.Min(dueAtMs, dead.RetryAtMs);
        if (dead.IsEmpty) _duties &= ~QueueDuties.DeadLetters;
    }

    private void AddDeadLetter(DeadLetterBatch batch, in DeadMessage message, long nowMs)
    {
        RecordView record;
        try
        {
            record = message.Lane.Log.Read(message.Position, message.RecordBytes);
        }
        catch (RecordDamagedException error)
        {
            BrokerLog.MessageDamaged(_logger, VirtualHost, Name, error);
            Done(message.Lane, message.Position, message.RecordBytes);
            return;
        }

        var targets = RouteDeadLetter(record, message.Reason, nowMs, out var head);
        if (message.Owed is { } owed) targets = new RouteTargets(Array.FindAll(targets.Queues, target => Array.IndexOf(owed, target) >= 0));
        if (targets.IsEmpty)
        {
            Done(message.Lane, message.Position, message.RecordBytes);
            return;
        }

        // Once one target has failed, publishing to all of them again and again would only multiply the message elsewhere.
        if (Array.Exists(targets.Queues, target => target is MessageQueue { TakesMessages: false }))
        {
            _dead!.Hold(message, nowMs);
            return;
        }

        batch.Add(message, head, record.Body, targets);
    }

    /// <summary>The settings of now count, not those of when the message died: a policy may have taken the exchange away.</summary>
    private RouteTargets RouteDeadLetter(in RecordView record, DeathReason reason, long nowMs, out MessageHead head)
    {
        head = default;
        if (_settings.DeadLetterExchange is not { } exchange) return RouteTargets.Empty;
        var newKey = _settings.DeadLetterRoutingKey;
        var key = newKey is null ? record.RoutingKey : Encoding.UTF8.GetBytes(newKey);
        var properties = DeathHeaders.Add(record, Name, reason, nowMs / 1000, losesKeys: newKey is not null, out var deaths);
        var targets = DeathCycles.Break(_host.Route(exchange, key, BasicProperties.Read(properties)), reason, deaths);
        head = new MessageHead
        {
            Exchange = Encoding.UTF8.GetBytes(exchange),
            RoutingKey = key,
            Properties = properties,
            Persistent = record.IsPersistent || targets.KeepTransient,
            Priority = record.Priority,
            IsDead = true,
            TimestampMs = nowMs,
        };
        return targets;
    }

    private void EndDeadLetters(DeadLetterBatch batch)
    {
        _dead!.BatchEnded(batch);
        if (_state != QueueState.Running) return;
        for (var i = 0; i < batch.Messages.Count; i++)
        {
            var message = batch.Messages[i];
            if (batch.IsRefused(i, out var rest))
            {
                _dead.Hold(rest, _host.Clock.NowMs);
                continue;
            }

            Done(message.Lane, message.Position, message.RecordBytes);
            (Deaths ??= new DeathCounts()).CountConfirmed();
        }
    }
}
