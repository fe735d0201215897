using HareMQ.Broker.Exchanges;

namespace HareMQ.Broker.Messages;

/// <summary>Where routed messages end: a queue, or a channel that waits for direct replies.</summary>
internal interface IPublishTarget : IRouteTarget
{
    /// <summary>May call <see cref="PublishBatch.RefuseMessage"/>: a batch must know beforehand to keep track of its messages.</summary>
    bool MayRefuse => false;

    /// <summary>
    /// Takes the messages of <paramref name="slot"/>. The target must call <see cref="PublishBatch.Accepted"/>,
    /// <see cref="PublishBatch.AcceptedAfterSync"/> or <see cref="PublishBatch.Refused"/> exactly once for the slot.
    /// </summary>
    /// <param name="batch">The messages of one socket read.</param>
    /// <param name="slot">Which of the batch's targets this one is.</param>
    /// <param name="runInline">The caller's thread may run the target's turn when the target is idle.</param>
    void Publish(PublishBatch batch, int slot, bool runInline);
}
