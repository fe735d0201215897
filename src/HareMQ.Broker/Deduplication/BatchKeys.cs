using HareMQ.Broker.Messages;

namespace HareMQ.Broker.Deduplication;

/// <summary>The keys that the messages of one batch carry past exchanges that drop duplicates.</summary>
internal sealed class BatchKeys
{
    private readonly List<(OriginalPublish Original, int Offset)> _begun = [];
    private readonly List<OriginalPublish> _repeated = [];

    /// <summary>
    /// The batch waits for a commit, maybe for ever. Its keys count from the commit on; until then nobody is kept waiting by them.
    /// </summary>
    public bool AwaitsCommit { get; set; }

    /// <summary>Duplicates of some of its messages may be waiting for the batch, or come while it is under way.</summary>
    public bool HasOriginals => _begun.Count > 0;

    /// <summary>The batch carries the first message with a key.</summary>
    public void Begin(OriginalPublish original, PublishBatch batch)
    {
        original.Batch = batch;
        _begun.Add((original, batch.LastOffset));
        if (AwaitsCommit) original.Complete(isStored: false);
    }

    /// <summary>The batch has nothing but the confirm of a message that is under way already.</summary>
    public void Repeat(OriginalPublish original, PublishBatch batch)
    {
        if (!ReferenceEquals(original.Batch, batch)) _repeated.Add(original);
    }

    /// <summary>The batch is handed to its targets.</summary>
    public void Dispatch(PublishBatch batch)
    {
        if (AwaitsCommit) Renew(batch);
        foreach (var original in _repeated)
        {
            batch.AwaitOneMore();
            if (!original.TryAwait(batch)) batch.Accepted();
        }
    }

    /// <param name="isRefused">The whole batch is, or was never handed to anybody.</param>
    /// <param name="refusedOffsets">Else: where the records of single refused messages are, sorted.</param>
    public void Complete(bool isRefused, List<int> refusedOffsets)
    {
        foreach (var (original, offset) in _begun) original.Complete(isStored: !isRefused && refusedOffsets.BinarySearch(offset) < 0);
        _begun.Clear();
    }

    private void Renew(PublishBatch batch)
    {
        for (var i = _begun.Count - 1; i >= 0; i--)
        {
            // Taken by somebody else meanwhile: the message has been let through, and is published all the same.
            if (_begun[i].Original.Renew() is not { } renewed)
            {
                _begun.RemoveAt(i);
                continue;
            }

            renewed.Batch = batch;
            _begun[i] = (renewed, _begun[i].Offset);
        }
    }
}
