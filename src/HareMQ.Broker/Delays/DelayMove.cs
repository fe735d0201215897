using HareMQ.Storage;

namespace HareMQ.Broker.Delays;

/// <summary>Messages that were copied into shorter windows, and are forgotten in the longer one once the copies are on stable storage.</summary>
internal sealed class DelayMove(DelayedMessages owner, DelayBucket source) : ISyncCompletion
{
    private readonly List<(LogPosition Position, int RecordBytes)> _messages = [];
    private int _unsynced;

    public DelayBucket Source => source;

    public IReadOnlyList<(LogPosition Position, int RecordBytes)> Messages => _messages;

    public int Count => _messages.Count;

    public Exception? Error { get; private set; }

    public void Add(LogPosition position, int recordBytes) => _messages.Add((position, recordBytes));

    public void AwaitSync(IReadOnlyCollection<DelayBucket> targets)
    {
        _unsynced = targets.Count;
        foreach (var target in targets) target.Log.RequestSync(this);
    }

    void ISyncCompletion.OnSynced(Exception? error)
    {
        Error ??= error;
        if (--_unsynced == 0) owner.MoveEnded(this);
    }
}
