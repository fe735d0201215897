using HareMQ.Broker.Exchanges;

namespace HareMQ.Broker.Tests.Exchanges;

public sealed class BagTests
{
    private readonly Bag<Item> _bag = new();

    [Fact]
    public void An_emptied_bag_gives_its_room_back()
    {
        var items = Enumerable.Range(0, 1000).Select(n => new Item(n)).ToArray();
        foreach (var item in items) _bag.Add(item);
        foreach (var item in items[1..]) _bag.Remove(item);

        Assert.Same(items[0], Assert.Single(Items(_bag.Items)));
        Assert.InRange(_bag.Items.Length, 1, 4);
        Assert.Equal(1, _bag.Count);
    }

    [Fact]
    public void A_reader_under_way_misses_no_item_that_stays()
    {
        var items = Enumerable.Range(0, 100).Select(n => new Item(n)).ToArray();
        foreach (var item in items[..50]) _bag.Add(item);
        var underWay = _bag.Items;

        foreach (var item in items[10..50]) _bag.Remove(item);
        foreach (var item in items[50..]) _bag.Add(item);

        Assert.Superset(items[..10].ToHashSet(), Items(underWay).ToHashSet());
        Assert.Equal([.. items[..10], .. items[50..]], Items(_bag.Items).OrderBy(i => i.Number));
    }

    private static List<Item> Items(ReadOnlySpan<Item?> items)
    {
        var present = new List<Item>();
        foreach (var item in items)
        {
            if (item is not null) present.Add(item);
        }
        return present;
    }

    private sealed class Item(int number) : BagItem
    {
        public int Number => number;
    }
}
