using System.Buffers.Binary;
using HareMQ.Broker.Access;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Statistics;

namespace HareMQ.Amqp.Publishing;

/// <summary>
/// Remembers where (exchange, routing key) led, and that the user may publish there, until topology or permissions change. One per connection,
/// owned by its read loop. Direct-mapped: a busy slot is simply overwritten.
/// </summary>
internal sealed class RouteCache(Topology topology, AccessControl access)
{
    private const int SlotsMin = 16;
    private const int SlotsMax = 4096;

    private Slot?[] _slots = new Slot?[SlotsMin];
    private Slot? _last;
    private int _replaced;

    /// <summary>Where the publish is counted whose route was looked for last: those of its exchange.</summary>
    public ExchangeCounts? Counts { get; set; }

    /// <param name="key">The publish method's exchange and routing key as they lie in the frame: two short strings.</param>
    public RouteTargets? Find(ReadOnlySpan<byte> key)
    {
        var slot = _last;
        if (slot is null || !key.SequenceEqual(slot.Key))
        {
            slot = _slots[Hash(key) & (uint)(_slots.Length - 1)];
            if (slot is null || !key.SequenceEqual(slot.Key)) return null;
            _last = slot;
        }

        if (slot.TopologyVersion != topology.Version || slot.AccessVersion != access.Version) return null;
        Counts = slot.Counts;
        return slot.Targets;
    }

    /// <param name="topologyVersion">The version read before the route was computed, so that a change in between is not missed.</param>
    public void Remember(ReadOnlySpan<byte> key, RouteTargets targets, int topologyVersion, int accessVersion)
    {
        var index = Hash(key) & (uint)(_slots.Length - 1);
        if (_slots[index] is not null && ++_replaced > _slots.Length && _slots.Length < SlotsMax)
        {
            _slots = new Slot?[_slots.Length * 4];
            _replaced = 0;
            index = Hash(key) & (uint)(_slots.Length - 1);
        }

        _slots[index] = _last = new Slot(key.ToArray(), targets, Counts, topologyVersion, accessVersion);
    }

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
        var hash = (ulong)key.Length;
        while (key.Length >= sizeof(ulong))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key)) * Multiplier;
            hash ^= hash >> 32;
            key = key[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (var octet in key) rest = (rest << 8) | octet;
        hash = (hash ^ rest) * Multiplier;
        return (uint)(hash >> 32);
    }

    private sealed record Slot(byte[] Key, RouteTargets Targets, ExchangeCounts? Counts, int TopologyVersion, int AccessVersion);
}
