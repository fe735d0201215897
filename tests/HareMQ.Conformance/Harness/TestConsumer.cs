using System.Threading.Channels;

namespace HareMQ.Conformance.Harness;

/// <summary>Collects deliveries in the order of their arrival; acknowledging is the test's business.</summary>
public sealed class TestConsumer(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private readonly Channel<Delivery> _deliveries = System.Threading.Channels.Channel.CreateUnbounded<Delivery>();
    private readonly TaskCompletionSource<string> _cancelledByServer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _receivedCount;

    public string ConsumerTag { get; private set; } = "";

    public int ReceivedCount => Volatile.Read(ref _receivedCount);

    public static async Task<TestConsumer> StartAsync(
        IChannel channel, string queue, bool autoAck = false, bool exclusive = false, string consumerTag = "",
        IDictionary<string, object?>? arguments = null)
    {
        var consumer = new TestConsumer(channel);
        consumer.ConsumerTag = await channel.BasicConsumeAsync(queue, autoAck, consumerTag, noLocal: false, exclusive, arguments, consumer);
        return consumer;
    }

    public async Task<Delivery> NextAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Deadline);
        return await _deliveries.Reader.ReadAsync(patience.Token);
    }

    public async Task<List<Delivery>> NextAsync(int count)
    {
        var deliveries = new List<Delivery>(count);
        while (deliveries.Count < count) deliveries.Add(await NextAsync());
        return deliveries;
    }

    /// <summary>The tag that the server cancelled.</summary>
    public Task<string> CancelledByServerAsync() => _cancelledByServer.Task.WaitAsync(Eventually.Deadline);

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        _deliveries.Writer.TryWrite(new Delivery(consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, body.ToArray()));
        Interlocked.Increment(ref _receivedCount);
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _cancelledByServer.TrySetResult(consumerTag);
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }
}
