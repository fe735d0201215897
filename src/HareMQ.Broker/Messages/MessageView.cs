using HareMQ.Storage;

namespace HareMQ.Broker.Messages;

/// <summary>A message as it lies in memory or in its file: what a protocol needs to send it. Valid only during the call it is passed to.</summary>
internal readonly ref struct MessageView
{
    private readonly RecordView _record;

    /// <param name="record">The message.</param>
    /// <param name="memory">The batch that <paramref name="record"/> lies in; null if it lies elsewhere.</param>
    public MessageView(RecordView record, RecordBatch? memory = null)
        : this(record, record.Properties, memory)
    {
    }

    /// <param name="record">Everything else.</param>
    /// <param name="properties">Those that the message was published with, with something added.</param>
    /// <param name="memory">The batch that <paramref name="record"/> lies in; null if it lies elsewhere.</param>
    public MessageView(RecordView record, ReadOnlySpan<byte> properties, RecordBatch? memory = null)
    {
        _record = record;
        Properties = properties;
        Memory = new MessageMemory(memory);
    }

    /// <summary>Whoever retains it may read <see cref="Body"/> after the call as well.</summary>
    public MessageMemory Memory { get; }

    /// <summary>Name of the exchange it was published to, UTF-8.</summary>
    public ReadOnlySpan<byte> Exchange => _record.Exchange;

    /// <summary>The routing key it was published with, UTF-8.</summary>
    public ReadOnlySpan<byte> RoutingKey => _record.RoutingKey;

    /// <summary>Property flags and list as on the wire.</summary>
    public ReadOnlySpan<byte> Properties { get; }

    public ReadOnlySpan<byte> Body => _record.Body;
}
