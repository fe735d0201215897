using System.Diagnostics;
using HareMQ.Crash.Messages;

namespace HareMQ.Crash.Ledgers;

/// <summary>What consumers got from one queue and what they said to it. Thread-safe.</summary>
internal sealed class QueueLedger(Ledger ledger, string name)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<MessageId, Receipt> _receipts = [];
    private readonly Dictionary<(int Consumer, int Publisher), long> _lastFirst = [];

    public string Name => name;

    /// <summary>Messages that came again although nobody had said they should.</summary>
    public int RepeatedCount { get; private set; }

    /// <summary>Messages that must not come again.</summary>
    public int FinalCount
    {
        get
        {
            lock (_lock) return _receipts.Values.Count(receipt => receipt.IsFinal);
        }
    }

    public int ReceivedCount
    {
        get
        {
            lock (_lock) return _receipts.Count;
        }
    }

    /// <summary>Checks what can be checked at once.</summary>
    /// <returns>False when the delivery is a straggler of a life that is over.</returns>
    public bool Receive(MessageId id, int consumer, bool redelivered, int generation)
    {
        var intruder = ledger.Find(id) is { } publisher ? publisher.ExplainIntruder(id.Sequence, this) : "is of nobody";
        if (intruder is not null) Report(id, intruder);
        lock (_lock)
        {
            if (generation != ledger.Generation) return false;
            if (!_receipts.TryGetValue(id, out var receipt)) _receipts[id] = receipt = new Receipt();
            if (receipt.IsFinal) Report(id, $"came back: {Describe(receipt)}");
            else if (receipt.AnsweredAt != 0) Report(id, $"came back within a life: {Describe(receipt)}");
            if (receipt.Generation != 0 && !redelivered) Report(id, $"came again without the redelivered flag: {Describe(receipt)}");
            if (receipt.Generation == 0 && redelivered && generation == 1) Report(id, "was never delivered and came as redelivered");
            if (receipt.Generation is not 0 && receipt.Generation != generation) RepeatedCount++;
            if (receipt.Generation != generation) CheckOrder(id, consumer);
            receipt.Generation = generation;
            receipt.AnsweredAt = 0;
            return true;
        }
    }

    /// <summary>To be called before the ack is sent: from now on the message may be gone.</summary>
    public void Acknowledge(MessageId id)
    {
        lock (_lock) _receipts[id].IsAcknowledged = true;
    }

    /// <summary>It was acknowledged, and whether the broker still knows that is open.</summary>
    public void MayComeBack(MessageId id)
    {
        lock (_lock) _receipts[id] = new Receipt { IsAcknowledged = true };
    }

    /// <summary>The broker has answered what was asked behind those acks, on their channel.</summary>
    public void Answered(IEnumerable<MessageId> ids, int generation)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            if (generation != ledger.Generation) return;
            foreach (var id in ids) _receipts[id].AnsweredAt = now;
        }
    }

    public bool WasAcknowledged(MessageId id)
    {
        lock (_lock) return _receipts.TryGetValue(id, out var receipt) && receipt.IsAcknowledged;
    }

    public string Describe(MessageId id)
    {
        lock (_lock) return _receipts.TryGetValue(id, out var receipt) ? Describe(receipt) : "never received";
    }

    public void EndGeneration(long killedAt, TimeSpan settlingTime)
    {
        lock (_lock)
        {
            foreach (var receipt in _receipts.Values)
            {
                if (receipt.AnsweredAt == 0) continue;
                receipt.IsFinal |= Stopwatch.GetElapsedTime(receipt.AnsweredAt, killedAt) >= settlingTime;
                receipt.AnsweredAt = 0;
            }

            _lastFirst.Clear();
        }
    }

    /// <summary>What a queue gives out for the first time in a life, it gives in the order in which it was published.</summary>
    private void CheckOrder(MessageId id, int consumer)
    {
        var last = _lastFirst.GetValueOrDefault((consumer, id.Publisher));
        if (last > id.Sequence) Report(id, $"came behind {last}, at consumer {consumer}");
        _lastFirst[(consumer, id.Publisher)] = Math.Max(last, id.Sequence);
    }

    private void Report(MessageId id, string what) => ledger.Report($"{name}: {id} {what}");

    private static string Describe(Receipt receipt) =>
        $"last received in life {receipt.Generation}, {(receipt.IsAcknowledged ? "acknowledged" : "not acknowledged")}"
        + $"{(receipt.IsFinal ? ", the ack answered long before a kill" : receipt.AnsweredAt != 0 ? ", the ack answered" : "")}";

    private sealed class Receipt
    {
        /// <summary>In which life it was received last; 0 = never.</summary>
        public int Generation { get; set; }

        public bool IsAcknowledged { get; set; }

        /// <summary>When in this life its ack was answered; 0 = not.</summary>
        public long AnsweredAt { get; set; }

        public bool IsFinal { get; set; }
    }
}
