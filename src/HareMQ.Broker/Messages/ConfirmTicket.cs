namespace HareMQ.Broker.Messages;

/// <summary>Receives the outcome of a batch for one publishing channel. Called on any thread, must be short.</summary>
internal interface IConfirmSink
{
    void Complete(ConfirmTicket ticket);
}

/// <summary>The publishes of one channel in one batch: all sequence numbers up to <see cref="LastSequence"/> that no earlier ticket covers.</summary>
internal sealed class ConfirmTicket(IConfirmSink sink, ulong lastSequence)
{
    private List<ulong>? _refusedSequences;

    public IConfirmSink Sink { get; } = sink;

    /// <summary>Raised by the publishing connection until the batch is handed over, then only read.</summary>
    public ulong LastSequence { get; set; } = lastSequence;

    /// <summary>Set before <see cref="IConfirmSink.Complete"/>: the messages could not be stored and must be nacked.</summary>
    public bool Refused { get; set; }

    /// <summary>While <see cref="Refused"/> is false: single publishes that a full queue refused, ascending; null = none.</summary>
    public IReadOnlyList<ulong>? RefusedSequences => _refusedSequences;

    /// <summary>Stands for every message of the batch, whoever published it: one refused message refuses the ticket.</summary>
    public bool CoversBatch { get; init; }

    /// <summary>Guarded by the sink.</summary>
    public bool Done { get; set; }

    /// <summary>To be called in ascending order, before <see cref="IConfirmSink.Complete"/>.</summary>
    public void Refuse(ulong sequence) => (_refusedSequences ??= []).Add(sequence);
}
