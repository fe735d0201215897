using HareMQ.Broker.DeadLetters;
using HareMQ.Broker.Messages;

namespace HareMQ.Broker.Queues;

internal sealed partial class MessageQueue
{
    public void Publish(PublishBatch batch, int slot, bool runInline)
    {
        var command = new QueueCommand(QueueCommandKind.Publish, batch, slot);
        if (runInline) PostAndRun(command);
        else Post(command);
    }

    /// <summary>Settles deliveries of this queue. Takes over the batch.</summary>
    public void Settle(SettleBatch batch, bool runInline)
    {
        var command = new QueueCommand(QueueCommandKind.Settle, batch);
        if (runInline) PostAndRun(command);
        else Post(command);
    }

    /// <summary>Carries out the request in a turn.</summary>
    public void Ask(QueueRequest request) => PostAndRun(new QueueCommand(QueueCommandKind.Request, request));

    public void ConsumerReady(Consumer consumer) => Post(new QueueCommand(QueueCommandKind.ConsumerReady, consumer));

    /// <summary>Looks after what is due: the clock asks for it, and whoever has made a queue with something to look after.</summary>
    public void Wake() => Post(new QueueCommand(QueueCommandKind.Wake, this));

    protected override void Handle(in QueueCommand command)
    {
        try
        {
            switch (command.Kind)
            {
                case QueueCommandKind.Publish:
                    Enqueue((PublishBatch)command.Subject, command.Number);
                    break;
                case QueueCommandKind.Settle:
                    Settle((SettleBatch)command.Subject);
                    break;
                case QueueCommandKind.ConsumerReady:
                    ((Consumer)command.Subject).Blocked = false;
                    break;
                case QueueCommandKind.Request:
                    ((QueueRequest)command.Subject).Run(this);
                    break;
                case QueueCommandKind.Wake:
                    break;
                case QueueCommandKind.DeadLettersEnded:
                    EndDeadLetters((DeadLetterBatch)command.Subject);
                    break;
                case QueueCommandKind.Settings:
                    Change((QueueSettings)command.Subject);
                    break;
            }
        }
        catch (Exception error)
        {
            Fail(error);
            if (command.Subject is QueueRequest request) request.Fail(error);
        }
    }

    protected override bool EndTurn()
    {
        var more = false;
        try
        {
            if (_state == QueueState.Running)
            {
                more = DeliverReady();
                if (_duties != QueueDuties.None) more |= DoDuties(more);
                // Doing its duties may have been the end of the queue.
                if (_state == QueueState.Running)
                {
                    foreach (var lane in AllLanes) lane.Log.EndTurn();
                }
            }
        }
        catch (Exception error)
        {
            Fail(error);
        }

        PublishCounters();
        foreach (var channel in _toFlush) channel.FlushDeliveries();
        _toFlush.Clear();
        return more;
    }

    /// <summary>Stops the queue loudly: better no answer than a wrong one.</summary>
    private void Fail(Exception error)
    {
        if (_state != QueueState.Running)
        {
            BrokerLog.QueueFailedAgain(_logger, VirtualHost, Name, error);
            return;
        }

        _state = QueueState.Failed;
        _held?.Clear();
        BrokerLog.QueueFailed(_logger, VirtualHost, Name, error);
    }
}
