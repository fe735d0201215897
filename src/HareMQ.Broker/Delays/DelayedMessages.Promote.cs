using HareMQ.Storage;

namespace HareMQ.Broker.Delays;

/// <summary>As a window comes near, its messages go to shorter ones, and at last into the index.</summary>
internal sealed partial class DelayedMessages
{
    private const int MovesUnderWayMax = 8;
    private const int MovedMessagesMax = 1024;
    private const int MovedBytesMax = 512 * 1024;
    private const int IndexedPerTurnMax = 2048;

    private int _movesUnderWay;

    /// <returns>True when there is more to do than one turn may.</returns>
    private bool Promote(long nowMs)
    {
        var more = false;
        for (var level = TopLevel; level > 0; level--) more |= Promote(level, nowMs);
        return more;
    }

    /// <summary>Brings the frontiers to the present where nothing has to be moved for it.</summary>
    private void Advance(long nowMs)
    {
        for (var level = TopLevel; level > 0; level--) TryGetDue(level, nowMs, out _);
    }

    /// <summary>The first window of the level that is near enough. What lies before it, and has no messages, is passed.</summary>
    private bool TryGetDue(int level, long nowMs, out DelayBucket bucket)
    {
        var target = Math.Min(_frontier[level + 1], DelayWindow.FrontierAt(level, nowMs));
        var isDue = TryGetFirst(_waiting[level], out bucket) && bucket.Window.StartMs < target;
        _frontier[level] = Math.Max(_frontier[level], isDue ? bucket.Window.StartMs : target);
        return isDue;
    }

    private bool Promote(int level, long nowMs)
    {
        while (TryGetDue(level, nowMs, out var bucket))
        {
            Touch(bucket);
            bucket.GoesToIndex ??= level == 1 && bucket.Log.ReadyRecords <= DelayIndex.CountMax - _index.Count;
            if (bucket.GoesToIndex == true) Index(bucket);
            else if (_movesUnderWay < MovesUnderWayMax) Move(bucket, nowMs);
            // The end of a move starts another turn.
            else return false;

            // New messages of the window go behind these, so until all are through nothing overtakes.
            if (bucket.Log.ReadyRecords > 0) return true;
            _frontier[level] = bucket.Window.EndMs;
            Unlist(_waiting[level], bucket);
            if (bucket.GoesToIndex == false || bucket.IsGone) continue;
            bucket.IsIndexed = true;
            List(_indexed, bucket);
        }

        return false;
    }

    private void Index(DelayBucket bucket)
    {
        for (var count = 0; count < IndexedPerTurnMax && bucket.Log.TryPeek(out var record, out var position, willDeliver: false); count++)
        {
            _index.Add(new DelayedMessage(bucket, position, record.RecordBytes), DueAtMs(record));
            bucket.Log.Advance();
            bucket.Out++;
        }
    }

    /// <summary>Copies some messages to where they belong by now.</summary>
    private void Move(DelayBucket bucket, long nowMs)
    {
        var move = new DelayMove(this, bucket);
        var records = RecordBatch.Rent();
        try
        {
            while (records.Count < MovedMessagesMax && records.WrittenBytes < MovedBytesMax
                && bucket.Log.TryPeek(out var record, out var position, willDeliver: false))
            {
                var target = BucketFor(DueAtMs(record), bucket.Window.Level - 1, nowMs);
                record.Body.CopyTo(records.Begin(
                    record.Exchange, record.RoutingKey, record.Properties, record.BodyBytes, record.Flags, record.Priority,
                    record.TimestampMs, record.ExpiresAtMs));
                Sort(target, records.End());
                move.Add(position, record.RecordBytes);
                bucket.Log.Advance();
                bucket.Out++;
            }

            foreach (var target in _sorted) Append(target, records);
            if (records.Count > 0) move.AwaitSync(_sorted);
        }
        finally
        {
            ClearSorted();
            records.Release();
        }

        if (move.Count > 0) _movesUnderWay++;
    }

    private void EndMove(DelayMove move)
    {
        _movesUnderWay--;
        if (move.Error is not null)
        {
            Fail(move.Error);
            return;
        }

        var bucket = move.Source;
        if (bucket.IsGone || _state != DelayState.Running) return;
        foreach (var (position, recordBytes) in move.Messages) bucket.Acknowledge(position, recordBytes);
        Touch(bucket);
        RemoveIfOver(bucket);
    }

    /// <summary>Any thread: the moved messages are where they went to, for sure, or never will be.</summary>
    internal void MoveEnded(DelayMove move) => Post(new DelayCommand(DelayCommandKind.Moved, move));
}
