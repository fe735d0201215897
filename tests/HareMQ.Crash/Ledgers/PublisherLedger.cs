using HareMQ.Crash.Messages;

namespace HareMQ.Crash.Ledgers;

/// <summary>What one publisher has sent and what of it was confirmed. Sequences go on through all lives of the broker.</summary>
internal sealed class PublisherLedger(Ledger ledger, int id, QueueLedger[] targets)
{
    private readonly Lock _lock = new();

    // By sequence; the entry 0 is unused.
    private readonly List<Fate> _fates = [Fate.Sent];
    private long _oldestUnconfirmed = 1;
    private long _confirmedCount;

    private enum Fate : byte
    {
        Sent,
        Confirmed,

        /// <summary>Rolled back or destroyed, so it must never appear.</summary>
        Withdrawn,
    }

    public int Id => id;

    public IReadOnlyList<QueueLedger> Targets => targets;

    public long SentCount
    {
        get
        {
            lock (_lock) return _fates.Count - 1;
        }
    }

    public long ConfirmedCount
    {
        get
        {
            lock (_lock) return _confirmedCount;
        }
    }

    /// <summary>To be called before the message is handed to the client.</summary>
    public MessageId Next()
    {
        lock (_lock)
        {
            _fates.Add(Fate.Sent);
            return new MessageId(id, _fates.Count - 1);
        }
    }

    /// <returns>How many this confirms; with <paramref name="multiple"/> those before it, too.</returns>
    public int Confirm(long sequence, bool multiple)
    {
        lock (_lock)
        {
            if (sequence <= 0 || sequence >= _fates.Count)
            {
                ledger.Report($"publisher {id}: {sequence} was confirmed, which was never sent");
                return 0;
            }

            var count = 0;
            for (var at = multiple ? _oldestUnconfirmed : sequence; at <= sequence; at++)
            {
                if (_fates[(int)at] != Fate.Sent)
                {
                    if (at == sequence) ledger.Report($"publisher {id}: {sequence} was confirmed twice");
                    continue;
                }

                _fates[(int)at] = Fate.Confirmed;
                count++;
            }

            while (_oldestUnconfirmed < _fates.Count && _fates[(int)_oldestUnconfirmed] != Fate.Sent) _oldestUnconfirmed++;
            _confirmedCount += count;
            return count;
        }
    }

    /// <summary>What was sent and not confirmed before the broker died will never be confirmed.</summary>
    public void StartAfresh()
    {
        lock (_lock) _oldestUnconfirmed = _fates.Count;
    }

    public void Withdraw(long sequence)
    {
        lock (_lock) _fates[(int)sequence] = Fate.Withdrawn;
    }

    /// <summary>Why the message cannot be in that queue; null if it can.</summary>
    public string? ExplainIntruder(long sequence, QueueLedger queue)
    {
        if (!targets.Contains(queue)) return "was not sent there";
        lock (_lock)
        {
            if (sequence <= 0 || sequence >= _fates.Count) return "was never sent";
            return _fates[(int)sequence] == Fate.Withdrawn ? "was rolled back or destroyed" : null;
        }
    }

    public void CheckNothingIsMissing()
    {
        lock (_lock)
        {
            foreach (var queue in targets)
            {
                for (var sequence = 1; sequence < _fates.Count; sequence++)
                {
                    if (_fates[sequence] != Fate.Confirmed || queue.WasAcknowledged(new MessageId(id, sequence))) continue;
                    ledger.Report($"{queue.Name}: {id}/{sequence} is missing: confirmed, {queue.Describe(new MessageId(id, sequence))}");
                }
            }
        }
    }
}
