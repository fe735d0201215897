using System.Numerics;

namespace HareMQ.Perf;

/// <summary>What a publisher has sent and not yet seen confirmed. Tags count from 1, as delivery tags do.</summary>
internal sealed class ConfirmWindow
{
    private const int RingMin = 1024;

    private readonly long[] _sentAt;
    private readonly bool[] _settled;
    private readonly long _mask;
    private long _lowest = 1;
    private long _sent;
    private long _settledCount;

    /// <param name="messagesMax">How many may be unconfirmed.</param>
    public ConfirmWindow(int messagesMax)
    {
        MessagesMax = messagesMax;
        // Larger than the window: confirms may come out of order, and those behind a missing one keep their place.
        var ring = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(messagesMax * 4L, RingMin));
        _sentAt = new long[ring];
        _settled = new bool[ring];
        _mask = ring - 1;
    }

    public int MessagesMax { get; }

    /// <summary>Read by other threads.</summary>
    public long SettledCount => Volatile.Read(ref _settledCount);

    public long NackedCount { get; private set; }

    public bool IsSettled => _settledCount == _sent;

    /// <summary>How many may be sent now. 0 until an eighth of the window is free: single publishes would cost both sides more.</summary>
    public long Room
    {
        get
        {
            var room = MessagesMax - (_sent - _settledCount);
            if (room < MessagesMax / 8) return 0;
            return Math.Min(room, _mask - (_sent + 1 - _lowest));
        }
    }

    public void Sent(long time)
    {
        var slot = ++_sent & _mask;
        _sentAt[slot] = time;
        _settled[slot] = false;
    }

    /// <summary>Settles a tag, or all up to it, and adds to the histogram what it took since their time.</summary>
    /// <param name="ledger">Told of each tag that was acked; may be null.</param>
    /// <exception cref="PerfException">The tag was never sent, or is confirmed for the second time.</exception>
    public void Settle(ulong tag, bool multiple, bool nack, in MeasuredSpan measured, Histogram latency, IConfirmLedger? ledger)
    {
        var last = (long)tag;
        // RabbitMQ's meaning of tag 0: all that there are.
        if (multiple && last == 0) last = _sent;
        if (last < 1 || last > _sent) throw PerfException.Unexpected($"a confirm of message {tag}; only {_sent} were published");
        var (time, run) = (0L, 0L);
        for (var current = multiple ? _lowest : last; current <= last; current++)
        {
            var slot = current & _mask;
            if (current < _lowest || _settled[slot])
            {
                if (multiple) continue;
                throw PerfException.Unexpected($"a second confirm of message {tag}");
            }

            _settled[slot] = true;
            if (nack) NackedCount++;
            else ledger?.Confirmed(current);
            Volatile.Write(ref _settledCount, _settledCount + 1);
            // Messages of one burst have one time.
            if (_sentAt[slot] == time)
            {
                run++;
                continue;
            }

            if (run > 0) measured.Add(latency, time, run);
            (time, run) = (_sentAt[slot], 1);
        }

        if (run > 0) measured.Add(latency, time, run);
        while (_lowest <= _sent && _settled[_lowest & _mask]) _lowest++;
    }
}
