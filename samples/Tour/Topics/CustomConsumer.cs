namespace Tour.Topics;

/// <summary>
/// A consumer can be a class of its own, which also hears when the broker cancels it because its queue is gone. Deliveries of one
/// channel arrive one after the other.
/// </summary>
internal static class CustomConsumer
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        var consumer = new WordCounter(channel, wordsExpected: 6);
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);

        await channel.SendAsync("", queue, "the hare and");
        await channel.SendAsync("", queue, "the other hare");
        guide.Expect("words counted", 6, await consumer.Counted.WaitAsync(TimeSpan.FromSeconds(10)));

        await channel.QueueDeleteAsync(queue);
        guide.Expect("cancelled because", "queue deleted", await consumer.Cancelled.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private sealed class WordCounter(IChannel channel, int wordsExpected) : AsyncDefaultBasicConsumer(channel)
    {
        private readonly TaskCompletionSource<int> _counted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string> _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _words;

        public Task<int> Counted => _counted.Task;

        public Task<string> Cancelled => _cancelled.Task;

        public override async Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
            IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            _words += body.Text().Split(' ').Length;
            await Channel.BasicAckAsync(deliveryTag, multiple: false, cancellationToken);
            if (_words >= wordsExpected) _counted.TrySetResult(_words);
        }

        public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
        {
            _cancelled.TrySetResult("queue deleted");
            return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
        }
    }
}
