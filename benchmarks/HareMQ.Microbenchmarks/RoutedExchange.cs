using System.Diagnostics.CodeAnalysis;
using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Microbenchmarks;

/// <summary>One exchange, bound to a few queues, and messages for it that come round in turn.</summary>
internal sealed class RoutedExchange
{
    private readonly Queue[] _queues;
    private readonly List<(byte[] Key, byte[] Properties)> _messages = [];
    private readonly Topology _topology;
    private readonly Exchange _exchange;
    private int _next;

    public RoutedExchange(string type, int queues = 10)
    {
        _queues = [.. Enumerable.Range(0, queues).Select(i => new Queue($"queue-{i}"))];
        _topology = new Topology(new Directory(_queues));
        _exchange = _topology.DeclareExchange("x", type, durable: true, autoDelete: false, isInternal: false, FieldTable.Empty, out _);
    }

    public void Bind(int queue, string key, FieldTable? arguments = null) =>
        _topology.Bind(new Binding(_exchange, _queues[queue % _queues.Length], key, arguments ?? FieldTable.Empty));

    public void AddMessage(string key, FieldTable? headers = null) =>
        _messages.Add((Encoding.UTF8.GetBytes(key), Encode(headers ?? FieldTable.Empty)));

    /// <summary>Routes the next message.</summary>
    /// <returns>The number of queues it goes to.</returns>
    public int RouteNext()
    {
        if (++_next >= _messages.Count) _next = 0;
        var (key, properties) = _messages[_next];
        return _topology.Route(_exchange, key, BasicProperties.Read(properties)).Queues.Length;
    }

    private static byte[] Encode(FieldTable headers)
    {
        var builder = new BasicPropertiesBuilder([0, 0]);
        foreach (var (name, value) in headers) builder.SetHeader(name, value);
        return builder.ToEncoded();
    }

    private sealed class Queue(string name) : IRouteTarget
    {
        public string Name => name;

        public bool Durable => true;
    }

    private sealed class Directory(Queue[] queues) : IQueueDirectory
    {
        public bool TryGetQueue(ReadOnlySpan<char> name, [NotNullWhen(true)] out IRouteTarget? queue)
        {
            queue = null;
            foreach (var each in queues)
            {
                if (name.SequenceEqual(each.Name)) queue = each;
            }
            return queue is not null;
        }
    }
}
