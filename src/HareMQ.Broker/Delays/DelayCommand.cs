namespace HareMQ.Broker.Delays;

internal enum DelayCommandKind : byte
{
    /// <summary>A <see cref="Messages.PublishBatch"/>; the number is its slot.</summary>
    Publish,

    /// <summary>Something may be due: the end of the turn finds out what.</summary>
    Wake,

    /// <summary>A <see cref="DelayMove"/> whose messages are safe where they went.</summary>
    Moved,

    /// <summary>A <see cref="DelayRelease"/> whose targets have answered.</summary>
    Released,

    /// <summary>A <see cref="DelayRequest"/>.</summary>
    Request,
}

internal readonly struct DelayCommand(DelayCommandKind kind, object subject, int number = 0)
{
    public readonly DelayCommandKind Kind = kind;
    public readonly int Number = number;
    public readonly object Subject = subject;
}

/// <summary>Something asked of the delayed messages, carried out in one of their turns.</summary>
internal sealed class DelayRequest(Func<DelayedMessages, long> carry)
{
    private readonly TaskCompletionSource<long> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<long> Answer => _answer.Task;

    public void Run(DelayedMessages messages) => _answer.TrySetResult(carry(messages));

    public void Fail(Exception error) => _answer.TrySetException(error);
}
