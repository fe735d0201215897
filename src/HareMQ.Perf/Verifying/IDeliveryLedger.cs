namespace HareMQ.Perf;

/// <summary>Remembers what consumers were given.</summary>
internal interface IDeliveryLedger
{
    /// <param name="stamp">As the body has it; nothing says that it is one of ours.</param>
    /// <param name="isIntact">The rest of the body is what the stamp's id asks for.</param>
    void Delivered(MessageStamp stamp, bool redelivered, bool isIntact);
}
