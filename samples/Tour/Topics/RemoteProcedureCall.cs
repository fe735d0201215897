using RabbitMQ.Client.Events;

namespace Tour.Topics;

/// <summary>
/// A request names where its answer should go (reply-to) and which one it is (correlation-id). The pseudo-queue amq.rabbitmq.reply-to
/// brings answers straight to the asking channel, without a queue to declare and delete.
/// </summary>
internal static class RemoteProcedureCall
{
    private const string ReplyTo = "amq.rabbitmq.reply-to";

    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var server = await connection.CreateChannelAsync();
        var requests = (await server.QueueDeclareAsync()).QueueName;
        var worker = new AsyncEventingBasicConsumer(server);
        worker.ReceivedAsync += async (_, request) =>
        {
            var number = int.Parse(request.Body.Text(), System.Globalization.CultureInfo.InvariantCulture);
            var properties = new BasicProperties { CorrelationId = request.BasicProperties.CorrelationId };
            await server.BasicPublishAsync("", request.BasicProperties.ReplyTo!, mandatory: false, properties,
                System.Text.Encoding.UTF8.GetBytes($"{number * number}"));
        };
        await server.BasicConsumeAsync(requests, autoAck: true, worker);

        // Consume from the pseudo-queue first, without acknowledgements, on the very channel that will ask.
        await using var client = await connection.CreateChannelAsync();
        var answer = new TaskCompletionSource<(string? Id, string Text)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var replies = new AsyncEventingBasicConsumer(client);
        replies.ReceivedAsync += (_, reply) =>
        {
            answer.TrySetResult((reply.BasicProperties.CorrelationId, reply.Body.Text()));
            return Task.CompletedTask;
        };
        await client.BasicConsumeAsync(ReplyTo, autoAck: true, replies);

        await client.BasicPublishAsync("", requests, mandatory: false, new BasicProperties { ReplyTo = ReplyTo, CorrelationId = "q1" },
            "12"u8.ToArray());
        guide.Say("asked for the square of 12");
        guide.Expect("answer", ("q1", "144"), await answer.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
