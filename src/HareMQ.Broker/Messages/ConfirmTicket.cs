namespace HareMQ.Broker.Messages;

/// <summary>Receives the outcome of a batch for one publishing channel. Called on any thread, must be short.</summary>
internal interface IConfirmSink
{
    void Complete(ConfirmTicket ticket);
}

/// <summary>The publishes of one channel in one batch: all sequence numbers up to <see cref="LastSequence"/> that no earlier ticket covers.</summary>
internal sealed class ConfirmTicket(IConfirmSink sink, ulong lastSequence)
{
    public IConfirmSink Sink { get; } = sink;

    /// <summary>Raised by the publishing connection until the batch is handed over, then only read.</summary>
    public ulong LastSequence { get; set; } = lastSequence;

    /// <summary>Set before <see cref="IConfirmSink.Complete"/>: the messages could not be stored (or were refused) and must be nacked.</summary>
    public bool Refused { get; set; }

    /// <summary>Guarded by the sink.</summary>
    public bool Done { get; set; }
}
