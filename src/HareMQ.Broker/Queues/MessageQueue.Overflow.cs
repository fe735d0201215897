using System.Runtime.InteropServices;
using HareMQ.Broker.DeadLetters;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Scheduling;
using HareMQ.Broker.Statistics;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>Limits of length. They count ready messages and the bytes of their bodies; what is out does not count.</summary>
internal sealed partial class MessageQueue
{
    private bool IsOverLimit => !HasRoomFor(0, 0);

    /// <returns>True when there is more to do than one turn may.</returns>
    private bool DropOverflow()
    {
        for (var drops = 0; drops < TurnDropsMax; drops++)
            if (!IsOverLimit || !DropHead(HeadLane, DeathReason.MaxLength)) return false;
        return true;
    }

    private bool HasRoomFor(long messages, long bodyBytes) =>
        !(Ready + messages > _settings.MaxLength) && !(ReadyBytes + bodyBytes > _settings.MaxLengthBytes);

    /// <summary>Message by message: each is taken or refused as if it had come alone.</summary>
    /// <returns>Whether something was stored.</returns>
    private bool TakeWhatFits(PublishBatch batch, ReadOnlySpan<RecordRange> ranges)
    {
        var memory = batch.Records.WrittenSpan;
        var isStored = false;
        var fitting = new List<RecordRange>();
        long fittingBytes = 0;
        DeadLetterBatch? refused = null;
        foreach (var range in ranges)
        {
            var end = range.Offset + range.Bytes;
            for (var offset = range.Offset; offset < end;)
            {
                var record = RecordView.Parse(memory[offset..]);
                if (!HasRoomFor(fitting.Count + 1, fittingBytes + record.BodyBytes))
                {
                    if (fitting.Count > 0) isStored |= Take(batch, CollectionsMarshal.AsSpan(fitting));
                    fitting.Clear();
                    fittingBytes = 0;
                    MakeRoom();
                }

                if (HasRoomFor(fitting.Count + 1, fittingBytes + record.BodyBytes))
                {
                    fitting.Add(new RecordRange(offset, record.RecordBytes, 1));
                    fittingBytes += record.BodyBytes;
                }
                else
                {
                    if (_settings.Overflow == OverflowPolicy.RejectPublishDlx)
                        (Deaths ??= new DeathCounts()).Count(DeathReason.MaxLength, hasExchange: _settings.DeadLetterExchange is not null);
                    var isSentOn = _settings.Overflow == OverflowPolicy.RejectPublishDlx && AddRefused(ref refused, record);
                    // A dead letter that goes on is somewhere else: refused, its queue would send it again, and so would this one, without end.
                    if (!isSentOn || (record.Flags & RecordFlags.Dead) == 0) batch.RefuseMessage(offset);
                    if (_seen is not null) ForgetKey(record);
                }

                offset += record.RecordBytes;
            }
        }

        if (fitting.Count > 0) isStored |= Take(batch, CollectionsMarshal.AsSpan(fitting));
        if (refused is not null) SendRefused(refused, batch);
        return isStored;
    }

    /// <summary>Consumers do, and messages whose time is over.</summary>
    private void MakeRoom()
    {
        DeliverReady();
        if ((_duties & QueueDuties.Expiry) == 0 || Ready == 0) return;
        // When the next one expires is found out at the end of the turn.
        var dueAtMs = ExpiryEntry.Never;
        ExpireHeads(_host.Clock.NowMs, ref dueAtMs);
    }

    /// <returns>False when it goes nowhere.</returns>
    private bool AddRefused(ref DeadLetterBatch? refused, in RecordView record)
    {
        var targets = RouteDeadLetter(record, DeathReason.MaxLength, _host.Clock.NowMs, out var head);
        if (targets.IsEmpty) return false;
        refused ??= new DeadLetterBatch(this);
        refused.Add(head, record.Body, targets);
        return true;
    }

    private void SendRefused(DeadLetterBatch refused, PublishBatch batch)
    {
        refused.RefusedFrom(batch);
        _dead ??= new DeadLetterBox();
        _dead.BatchSent(refused);
        refused.Dispatch();
    }
}
