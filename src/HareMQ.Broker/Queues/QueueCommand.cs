using HareMQ.Broker.Messages;

namespace HareMQ.Broker.Queues;

internal enum QueueCommandKind : byte
{
    /// <summary>A <see cref="PublishBatch"/>; the number is its slot.</summary>
    Publish,

    /// <summary>A <see cref="SettleBatch"/>.</summary>
    Settle,

    /// <summary>A <see cref="Consumer"/> whose connection can take more, or whose channel has credit again.</summary>
    ConsumerReady,

    /// <summary>A <see cref="QueueRequest"/>: something that is answered.</summary>
    Request,

    /// <summary>Something may be due: the end of the turn finds out what. The subject is the queue.</summary>
    Wake,

    /// <summary>A <see cref="DeadLetters.DeadLetterBatch"/> of this queue's whose targets have answered.</summary>
    DeadLettersEnded,

    /// <summary>New <see cref="QueueSettings"/>.</summary>
    Settings,
}

internal readonly struct QueueCommand(QueueCommandKind kind, object subject, int number = 0)
{
    public readonly QueueCommandKind Kind = kind;
    public readonly int Number = number;
    public readonly object Subject = subject;
}
