using System.Runtime.CompilerServices;
using HareMQ.Amqp.Delivering;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Delivering;

public sealed class UnsettledDeliveriesTests
{
    // Only looked at for being there, never called.
    private static readonly MessageQueue s_queue = (MessageQueue)RuntimeHelpers.GetUninitializedObject(typeof(MessageQueue));
    private static readonly Consumer s_consumer = new(null!, "tag", autoAck: false, exclusive: false, 0, 0, FieldTable.Empty);

    private readonly UnsettledDeliveries _unsettled = new();
    private readonly SortedDictionary<ulong, Delivery> _model = [];
    private ulong _lastTag;

    [Fact]
    public void Nothing_is_out_in_the_beginning()
    {
        Assert.Equal(0, _unsettled.Count);
        Assert.False(_unsettled.Contains(1));
        Assert.False(_unsettled.TryRemove(1, out _));
        Assert.False(_unsettled.TryRemoveFirst(ulong.MaxValue, out _, out _));
    }

    [Fact]
    public void A_tag_is_settled_once()
    {
        Add(1);
        Assert.True(_unsettled.TryRemove(1, out _));
        Assert.False(_unsettled.TryRemove(1, out _));
        Assert.False(_unsettled.Contains(1));
    }

    [Fact]
    public void A_tag_in_a_gap_is_not_out()
    {
        Add(1);
        Add(100);
        Assert.False(_unsettled.TryRemove(50, out _));
        Assert.False(_unsettled.TryRemove(101, out _));
        Assert.True(_unsettled.TryRemove(100, out _));
    }

    [Fact]
    public void One_old_delivery_does_not_let_the_ring_grow_with_all_that_come_and_go_behind_it()
    {
        Add(1);
        for (ulong tag = 2; tag < 2_000_000; tag++)
        {
            Add(tag);
            Assert.True(_unsettled.TryRemove(tag, out _));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong tag = 2_000_000; tag < 2_001_000; tag++)
        {
            Add(tag);
            Assert.True(_unsettled.TryRemove(tag, out _));
        }

        // A ring for two million entries would be a hundred times as large.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.True(_unsettled.Contains(1));
        Assert.Equal(1, _unsettled.Count);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(3, 1000)]
    public void Random_use_matches_a_sorted_dictionary(int seed, int gapMax)
    {
        var random = new Random(seed);
        for (var step = 0; step < 60_000; step++)
        {
            // Phases in which many are out and phases in which few are.
            var adds = (step / 10_000) % 2 == 0 ? 650 : 350;
            var choice = random.Next(1000);
            if (choice < adds) AddNext(random, gapMax);
            else if (choice < 960) RemoveOne(random);
            else if (choice < 990) RemoveUpTo(random);
            else if (choice < 995) RemoveAndRestore(random);
            else MarkAll();
            Assert.Equal(_model.Count, _unsettled.Count);
            Assert.Equal(_model.Count > 0, _unsettled.TryPeekFirst(out var oldest));
            if (_model.Count > 0) Assert.Equal((uint)_model.First().Key, oldest.DeliveredAt);
        }

        while (_model.Count > 0) RemoveUpTo(random);
        Assert.Equal(0, _unsettled.Count);
    }

    private static Delivery DeliveryOf(ulong tag) => new()
    {
        Queue = s_queue,
        Consumer = tag % 3 == 0 ? null : s_consumer,
        BodyBytes = (int)(tag % 1_000_003),
        DeliveredAt = (uint)tag,
    };

    private void Add(ulong tag) => _unsettled.Add(tag, DeliveryOf(tag), deliveredAt: (uint)tag);

    private void AddNext(Random random, int gapMax)
    {
        _lastTag += (ulong)random.Next(1, gapMax + 1);
        var delivery = DeliveryOf(_lastTag);
        _unsettled.Add(_lastTag, delivery, delivery.DeliveredAt);
        _model.Add(_lastTag, delivery);
    }

    /// <summary>Mostly one of those that are out, and of these mostly an old one.</summary>
    private ulong Choose(Random random)
    {
        if (_model.Count == 0 || random.Next(5) == 0) return (ulong)random.NextInt64((long)_lastTag + 2);
        var among = random.Next(2) == 0 ? Math.Min(_model.Count, 10) : Math.Min(_model.Count, 300);
        return _model.Keys.ElementAt(random.Next(among));
    }

    private void RemoveOne(Random random)
    {
        var tag = Choose(random);
        var expected = _model.Remove(tag, out var there);
        Assert.Equal(expected, _unsettled.Contains(tag));
        Assert.Equal(expected, _unsettled.TryRemove(tag, out var delivery));
        AssertSame(there, delivery);
    }

    private void RemoveUpTo(Random random)
    {
        var last = random.Next(3) == 0 ? ulong.MaxValue : Choose(random);
        while (_unsettled.TryRemoveFirst(last, out var tag, out var delivery))
        {
            var first = _model.First();
            Assert.Equal(first.Key, tag);
            AssertSame(first.Value, delivery);
            _model.Remove(tag);
        }

        Assert.True(_model.Count == 0 || _model.First().Key > last);
    }

    private void RemoveAndRestore(Random random)
    {
        var taken = new List<(ulong Tag, Delivery Delivery)>();
        for (var count = random.Next(20); count > 0; count--)
        {
            var tag = Choose(random);
            if (_unsettled.TryRemove(tag, out var delivery)) taken.Add((tag, delivery));
        }

        _unsettled.Restore(taken);
    }

    private void MarkAll()
    {
        var consumed = _model.Keys.Where(tag => tag % 3 != 0).ToArray();
        Assert.Equal(consumed.Length, _unsettled.MarkAllHoldingSharedCredit());
        foreach (var tag in consumed) _model[tag] = _model[tag] with { HoldsSharedCredit = true };
    }

    private static void AssertSame(in Delivery expected, in Delivery actual)
    {
        Assert.Equal(expected.BodyBytes, actual.BodyBytes);
        Assert.Equal(expected.HoldsSharedCredit, actual.HoldsSharedCredit);
        Assert.Same(expected.Consumer, actual.Consumer);
    }
}
