namespace HareMQ.Perf.Tests;

public sealed class DeliveryLedgerTests
{
    private readonly DeliveryLedger _ledger = new();

    [Fact]
    public void What_comes_once_and_in_order_is_nothing_to_speak_of()
    {
        Deliver(1, 2, 3, 5);
        Assert.Equal((4, 0, 0, 0, 0), (_ledger.Distinct, _ledger.Duplicates, _ledger.Redelivered, _ledger.Reordered, _ledger.Foreign));
    }

    [Fact]
    public void A_duplicate_with_the_redelivered_flag_is_allowed()
    {
        Deliver(1, 2);
        _ledger.Delivered(Stamp(1), redelivered: true, isIntact: true);
        _ledger.Delivered(Stamp(2), redelivered: false, isIntact: true);
        Assert.Equal((2, 1, 1), (_ledger.Distinct, _ledger.Redelivered, _ledger.Duplicates));
    }

    [Fact]
    public void An_earlier_one_behind_a_later_one_is_out_of_order()
    {
        Deliver(1, 3, 2, 4);
        Assert.Equal(1, _ledger.Reordered);
    }

    [Fact]
    public void Changed_and_foreign_bodies_are_counted()
    {
        _ledger.Delivered(Stamp(1), redelivered: false, isIntact: false);
        _ledger.Delivered(new MessageStamp(0x7878787878787878, 0), redelivered: false, isIntact: false);
        Assert.Equal((1, 1), (_ledger.Corrupt, _ledger.Foreign));
    }

    [Fact]
    public void Lost_is_what_was_confirmed_and_never_came()
    {
        using var record = new ConfirmRecord(null);
        var (first, second) = (record.LedgerOf(1), record.LedgerOf(2));
        for (var sequence = 1; sequence <= 100_000; sequence++) first.Confirmed(sequence);
        second.Confirmed(7);
        Deliver([.. Enumerable.Range(1, 99_998)]);
        Assert.Equal(3, _ledger.CountLost(record.Confirmed));
    }

    [Fact]
    public void A_record_is_read_as_it_was_written_but_for_a_torn_end()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var written = new ConfirmRecord(path))
            {
                var (first, second) = (written.LedgerOf(1), written.LedgerOf(300));
                for (var sequence = 1; sequence <= 1000; sequence++) (sequence % 3 == 0 ? first : second).Confirmed(sequence);
            }

            File.AppendAllBytes(path, [1, 2, 3]);
            using var read = ConfirmRecord.Read(path);
            Assert.Equal((1000, 333), (read.Count, read.Confirmed[1].Count));
            File.WriteAllText(path, "this is no record");
            Assert.Contains("not a record", Assert.Throws<PerfException>(() => ConfirmRecord.Read(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static MessageStamp Stamp(long sequence) => new(MessageStamp.IdOf(1, sequence), 0);

    private void Deliver(params int[] sequences)
    {
        foreach (var sequence in sequences) _ledger.Delivered(Stamp(sequence), redelivered: false, isIntact: true);
    }
}
