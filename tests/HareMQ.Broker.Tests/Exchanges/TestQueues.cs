using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

internal sealed class TestQueue(string name, bool durable = true) : IRouteTarget
{
    public string Name => name;

    public bool Durable => durable;

    public override string ToString() => name;
}

internal sealed class TestQueues : IQueueDirectory
{
    private readonly ConcurrentDictionary<string, TestQueue> _queues = new(StringComparer.Ordinal);

    public bool TryGetQueue(ReadOnlySpan<char> name, [NotNullWhen(true)] out IRouteTarget? queue)
    {
        var found = _queues.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known);
        queue = known;
        return found;
    }

    public TestQueue Add(string name, bool durable = true) => _queues[name] = new TestQueue(name, durable);

    public TestQueue? Find(string name) => _queues.GetValueOrDefault(name);

    public void Remove(string name) => _queues.TryRemove(name, out _);
}

internal static class TopologyExtensions
{
    public static Exchange Declare(this Topology topology, string name, string type, bool autoDelete = false, string? alternate = null)
    {
        var arguments = alternate is null ? FieldTable.Empty : new FieldTableBuilder().Add("alternate-exchange", alternate).ToTable();
        return topology.DeclareExchange(name, type, durable: true, autoDelete, isInternal: false, arguments, out _);
    }

    public static bool Bind(
        this Topology topology, Exchange source, IRouteTarget destination, string key = "", FieldTable? arguments = null) =>
        topology.Bind(new Binding(source, destination, key, arguments ?? FieldTable.Empty));

    public static bool Unbind(this Topology topology, Exchange source, IRouteTarget destination, string key = "") =>
        topology.Unbind(source, destination, key, FieldTable.Empty, out _);

    /// <summary>The names of the queues, sorted; a queue that is found twice is there twice.</summary>
    public static string[] RouteNames(this Topology topology, Exchange exchange, string key, FieldTable? headers = null)
    {
        var properties = EncodedProperties.WithHeaders(headers ?? FieldTable.Empty);
        var targets = topology.Route(exchange, Encoding.UTF8.GetBytes(key), BasicProperties.Read(properties));
        return [.. targets.Queues.Select(q => q.Name).Order(StringComparer.Ordinal)];
    }
}
