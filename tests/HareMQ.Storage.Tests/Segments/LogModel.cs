using System.Globalization;
using System.Text;

namespace HareMQ.Storage.Tests;

/// <summary>Drives a log with random commands and knows what it must hold. One seed is one run.</summary>
internal sealed class LogModel(int seed, bool kill)
{
    private readonly Random _random = new(seed);
    private readonly List<Entry> _unacknowledged = [];
    private readonly HashSet<string> _acknowledgedThisTurn = [];
    private readonly Queue<Entry> _ready = new();
    private MemoryFileSystem _files = new();
    private MessageStore _store = null!;
    private SegmentLog _log = null!;
    private int _next;

    private sealed record Entry(string Body, bool Persistent, LogPosition Position, int Bytes)
    {
        public bool MayHaveBeenDelivered { get; set; }
    }

    public void Run(int steps)
    {
        Open();
        for (var step = 0; step < steps; step++)
        {
            switch (_random.Next(20))
            {
                case < 6: Append(); break;
                case < 10: Deliver(_random.Next(1, 12)); break;
                case < 14: Acknowledge(_random.Next(1, 12)); break;
                case 14: ReadAgain(); break;
                case < 18: EndTurn(); break;
                case 18 when _random.Next(4) == 0: Purge(); break;
                case 19 when _random.Next(3) == 0: Reopen(); break;
                default: break;
            }
            AssertCounts();
        }
        Reopen();
        Deliver(int.MaxValue);
        Acknowledge(int.MaxValue);
        EndTurn();
        Assert.True(_log.SegmentCount <= 1);
        Assert.Equal(0, _store.BufferBytes);
        Close();
    }

    private void Append()
    {
        var batch = RecordBatch.Rent();
        var ranges = new List<RecordRange>();
        var bodies = new List<(string Body, bool Persistent)>();
        var count = _random.Next(1, 8);
        for (var i = 0; i < count || ranges.Count == 0; i++)
        {
            var size = _random.Next(30) == 0 ? _random.Next(3000, 9000) : _random.Next(200);
            var body = (_next++).ToString(CultureInfo.InvariantCulture) + ":" + new string('b', size);
            var persistent = _random.Next(4) != 0;
            var range = StoreFixture.Add(batch, body, persistent);
            if (_random.Next(4) == 0) continue;
            ranges.Add(range);
            bodies.Add((body, persistent));
        }
        var wasAtEnd = _log.AtEnd;
        var position = _log.Append(batch, ranges.ToArray());
        batch.Release();
        if (wasAtEnd) Assert.Equal(position, _log.Cursor);

        for (var i = 0; i < ranges.Count; i++)
        {
            _ready.Enqueue(new Entry(bodies[i].Body, bodies[i].Persistent, position, ranges[i].Bytes));
            position = position with { Offset = position.Offset + (uint)ranges[i].Bytes };
        }
        if (wasAtEnd && _random.Next(2) == 0) DeliverFromMemory(_random.Next(ranges.Count + 1));
    }

    private void DeliverFromMemory(int count)
    {
        if (count == 0) return;
        Entry last = null!;
        for (var i = 0; i < count; i++) _unacknowledged.Add(last = MarkDelivered(_ready.Dequeue()));
        _log.AdvanceTo(last.Position with { Offset = last.Position.Offset + (uint)last.Bytes });
    }

    private void Deliver(int count)
    {
        for (; count > 0 && _log.TryPeek(out var record, out var position); count--)
        {
            var expected = MarkDelivered(_ready.Dequeue());
            Assert.Equal((expected.Body, expected.Persistent, expected.Position, expected.Bytes),
                (Encoding.UTF8.GetString(record.Body), record.IsPersistent, position, record.RecordBytes));
            _log.Advance();
            _unacknowledged.Add(expected);
        }
        if (count > 0) Assert.Empty(_ready);
    }

    private void Acknowledge(int count)
    {
        for (; count > 0 && _unacknowledged.Count > 0; count--)
        {
            var index = _random.Next(3) == 0 ? _random.Next(_unacknowledged.Count) : 0;
            var entry = _unacknowledged[index];
            _unacknowledged.RemoveAt(index);
            _log.Acknowledge(entry.Position, entry.Bytes);
            _acknowledgedThisTurn.Add(entry.Body);
        }
    }

    private void ReadAgain()
    {
        if (_unacknowledged.Count == 0) return;
        var entry = _unacknowledged[_random.Next(_unacknowledged.Count)];
        Assert.Equal(entry.Body, Encoding.UTF8.GetString(_log.Read(entry.Position, entry.Bytes).Body));
    }

    private void EndTurn()
    {
        _log.EndTurn();
        _acknowledgedThisTurn.Clear();
        if (_log.AtEnd) Assert.Equal(0, _store.BufferBytes);
    }

    private void Purge()
    {
        Assert.Equal(_ready.Count, _log.Purge());
        foreach (var entry in _ready) _acknowledgedThisTurn.Add(entry.Body);
        _ready.Clear();
    }

    private void Reopen()
    {
        if (kill) EndTurnOrNot();
        var files = kill ? _files.AfterKill() : _files;
        Close();
        _files = files;
        Open();

        var expected = _unacknowledged.Concat(_ready).Where(entry => entry.Persistent).OrderBy(entry => entry.Position).ToList();
        _unacknowledged.Clear();
        _ready.Clear();
        if (_acknowledgedThisTurn.Count > 0) expected = WithLostAcknowledgements(expected);
        foreach (var entry in expected)
        {
            // After a kill more may be marked than was delivered, never less.
            if (entry.MayHaveBeenDelivered || !kill) Assert.Equal(entry.MayHaveBeenDelivered, _log.MayHaveBeenDelivered(entry.Position));
            _ready.Enqueue(entry);
        }
    }

    private void EndTurnOrNot()
    {
        if (_random.Next(2) == 0) EndTurn();
    }

    /// <summary>A kill before the end of the turn may bring back what was acknowledged in it: learn which, in order, and nothing else.</summary>
    private List<Entry> WithLostAcknowledgements(List<Entry> expected)
    {
        var known = expected.ToDictionary(entry => entry.Body);
        var found = new List<Entry>();
        using var store = StoreFixture.Open(_files.AfterKill());
        using var log = store.OpenLog(1);
        while (log.TryPeek(out var record, out var position))
        {
            var body = Encoding.UTF8.GetString(record.Body);
            if (known.Remove(body, out var entry)) found.Add(entry);
            else
            {
                Assert.True(kill && _acknowledgedThisTurn.Contains(body), $"Nobody expected {body[..body.IndexOf(':', StringComparison.Ordinal)]}.");
                found.Add(new Entry(body, record.IsPersistent, position, record.RecordBytes));
            }
            log.Advance();
        }
        Assert.Empty(known);
        _acknowledgedThisTurn.Clear();
        return found;
    }

    private static Entry MarkDelivered(Entry entry)
    {
        entry.MayHaveBeenDelivered = true;
        return entry;
    }

    private void Open()
    {
        _store = StoreFixture.Open(_files, StoreFixture.Options(first: 1024, max: 4096, recycled: 2));
        _log = _store.OpenLog(1);
    }

    private void Close()
    {
        _log.Dispose();
        _store.Dispose();
    }

    private void AssertCounts()
    {
        Assert.Equal(_ready.Count, _log.ReadyRecords);
        Assert.Equal(_ready.Sum(entry => (long)entry.Body.Length), _log.ReadyBodyBytes);
        Assert.Equal(_ready.Count == 0, _log.AtEnd);
        Assert.True(_log.Cursor <= _log.End);
        if (_ready.TryPeek(out var next)) Assert.True(_log.Cursor <= next.Position);
    }
}
