using HareMQ.Protocol;

namespace HareMQ.Broker.Queues;

/// <summary>Something asked of a queue that is answered: carried out in a turn of the queue, completes the caller's task.</summary>
internal abstract class QueueRequest
{
    /// <summary>Runs in the queue's turn.</summary>
    public abstract void Run(MessageQueue queue);

    /// <summary>The request cannot be carried out.</summary>
    public abstract void Fail(Exception error);
}

internal abstract class QueueRequest<TAnswer> : QueueRequest
{
    // The waiting connection must not run on inside the queue's turn.
    private readonly TaskCompletionSource<TAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TAnswer> Answer => _answer.Task;

    public override void Fail(Exception error) => _answer.TrySetException(error);

    public override void Run(MessageQueue queue)
    {
        try
        {
            _answer.TrySetResult(Carry(queue));
        }
        catch (AmqpException error)
        {
            _answer.TrySetException(error);
        }
    }

    protected abstract TAnswer Carry(MessageQueue queue);
}
