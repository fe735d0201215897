namespace HareMQ.Broker.Delays;

internal sealed partial class DelayedMessages
{
    /// <summary>The exact number of messages held back, after everything posted before.</summary>
    public Task<long> CountAsync() => AskAsync(static messages =>
    {
        messages.PublishCounters();
        return messages.PendingCount;
    });

    /// <summary>Drops all messages that are held back: they will never be delivered.</summary>
    /// <returns>How many.</returns>
    public Task<long> PurgeAsync() => AskAsync(static messages => messages._state == DelayState.Running ? messages.DropAll() : 0);

    /// <summary>The exchange is deleted: its messages go with it.</summary>
    public Task DeleteAsync() => AskAsync(static messages =>
    {
        if (messages._state is DelayState.Deleted or DelayState.Closed) return 0;
        messages._state = DelayState.Deleted;
        messages._timer.Dispose();
        return messages.DropAll();
    });

    /// <summary>Stops at shutdown: the logs write what they still have to and close their files.</summary>
    public Task CloseAsync() => AskAsync(static messages =>
    {
        if (messages._state is DelayState.Deleted or DelayState.Closed) return 0;
        messages._state = DelayState.Closed;
        messages._timer.Dispose();
        foreach (var bucket in messages._all.Values) bucket.Log.Dispose();
        return 0;
    });

    private Task<long> AskAsync(Func<DelayedMessages, long> carry)
    {
        var request = new DelayRequest(carry);
        PostAndRun(new DelayCommand(DelayCommandKind.Request, request));
        return request.Answer;
    }

    private long DropAll()
    {
        PublishCounters();
        var count = PendingCount;
        foreach (var buckets in _waiting) buckets.Clear();
        _indexed.Clear();
        _index.Clear();
        foreach (var bucket in _all.Values.ToArray()) Remove(bucket);
        return count;
    }
}
