using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Watching;

/// <summary>Hears what the event exchange says, and picks out what belongs to one test: others run at the same time.</summary>
internal sealed class EventListener(TestConsumer consumer, Func<Event, bool> isOurs)
{
    public static async Task<EventListener> StartAsync(IChannel channel, Func<Event, bool> isOurs, params string[] keys)
    {
        var queue = await channel.DeclareQueueAsync();
        foreach (var key in keys) await channel.QueueBindAsync(queue, "amq.rabbitmq.event", key);
        return new EventListener(await TestConsumer.StartAsync(channel, queue, autoAck: true), isOurs);
    }

    public async Task<Event> NextAsync()
    {
        while (true)
        {
            var happened = new Event(await consumer.NextAsync());
            if (isOurs(happened)) return happened;
        }
    }

    /// <summary>The next events, whose keys and headers must be these, in any order of the headers.</summary>
    public async Task<Event> ExpectAsync(string key, params string[] headers)
    {
        var happened = await NextAsync();
        Assert.Equal(key, happened.Key);
        Assert.Equal(headers.Append("timestamp_in_ms").Order(StringComparer.Ordinal), happened.Headers.Order(StringComparer.Ordinal));
        return happened;
    }
}

internal sealed class Event(Delivery delivery)
{
    public string Key => delivery.RoutingKey;

    public IReadOnlyBasicProperties Properties => delivery.Properties;

    public byte[] Body => delivery.Body;

    public IEnumerable<string> Headers => delivery.Properties.Headers!.Keys;

    /// <summary>Texts as such, everything else as its client's type; null: there is no such header.</summary>
    public object? this[string header] =>
        delivery.Properties.Headers!.TryGetValue(header, out var value) ? Decode(value) : null;

    public string Text(string header) => (string)this[header]!;

    public string[] Texts(string header) => [.. ((IEnumerable<object?>)this[header]!).Select(item => item!.ToString()!)];

    private static object? Decode(object? value) => value switch
    {
        byte[] utf8 => Encoding.UTF8.GetString(utf8),
        IEnumerable<object?> list and not System.Collections.IDictionary => list.Select(Decode).ToArray(),
        IDictionary<string, object?> table => table.ToDictionary(pair => pair.Key, pair => Decode(pair.Value)),
        _ => value,
    };
}
