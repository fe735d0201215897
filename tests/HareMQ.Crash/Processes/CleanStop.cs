using System.Diagnostics;
using HareMQ.Crash.Brokers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace HareMQ.Crash.Processes;

/// <summary>
/// SIGTERM with clients at work: each is told 320, the process ends with 0 in time, and afterwards exactly those messages are flagged as
/// redelivered that were delivered before.
/// </summary>
internal sealed class CleanStop : ICrashCase
{
    private const string Queue = "crash.stop";
    private const int Messages = 1000;
    private const int Prefetch = 100;
    private const ushort ConnectionForced = 320;
    private static readonly TimeSpan s_timeToStop = TimeSpan.FromSeconds(10);

    public string Name => "process: SIGTERM";

    public async Task RunAsync(CaseContext context)
    {
        var delivered = new HashSet<MessageId>();
        await using (var broker = await BrokerProcess.StartAsync(context.DataDirectory))
        {
            var connections = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Client.ConnectAsync(broker.Uri, $"client {i}")));
            var reasons = connections.Select(ShutdownReason).ToArray();
            await PublishAsync(connections[0]);
            await ConsumeAsync(connections[1], delivered);

            var clock = Stopwatch.StartNew();
            broker.Terminate();
            foreach (var reason in await Task.WhenAll(reasons).WaitAsync(BrokerProcess.Patience))
            {
                if (reason.Initiator != ShutdownInitiator.Peer || reason.ReplyCode != ConnectionForced
                    || !reason.ReplyText.StartsWith("CONNECTION_FORCED", StringComparison.Ordinal))
                    throw new BrokenPromiseException($"A client was told {reason}.");
            }

            var code = await broker.WaitForExitAsync();
            if (code != 0) throw new BrokenPromiseException($"The exit code is {code}.");
            if (clock.Elapsed > s_timeToStop) throw new BrokenPromiseException($"It took {clock.Elapsed.TotalSeconds:F1} s to stop.");
            foreach (var connection in connections) await connection.AbandonAsync();
        }

        await using (var broker = await BrokerProcess.StartAsync(context.DataDirectory))
            await CheckFlagsAsync(broker.Uri, delivered);
    }

    private static Task<ShutdownEventArgs> ShutdownReason(IConnection connection)
    {
        var reason = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, shutdown) =>
        {
            reason.TrySetResult(shutdown);
            return Task.CompletedTask;
        };
        return reason.Task;
    }

    private static async Task PublishAsync(IConnection connection)
    {
        var channel = await connection.OpenTrackingChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await Task.WhenAll(Enumerable.Range(1, Messages).Select(async sequence => await channel.BasicPublishAsync(
            "", Queue, mandatory: true, new BasicProperties { Persistent = true }, MessageBody.Create(new MessageId(1, sequence)))));
    }

    private static async Task ConsumeAsync(IConnection connection, HashSet<MessageId> delivered)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = await connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, Prefetch, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            if (MessageBody.TryRead(delivery.Body.Span, bytes: null, out var id)) delivered.Add(id);
            if (delivered.Count == Prefetch) all.TrySetResult();
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
        await all.Task.WaitAsync(BrokerProcess.Patience);
    }

    private static async Task CheckFlagsAsync(Uri uri, HashSet<MessageId> delivered)
    {
        await using var connection = await Client.ConnectAsync(uri, "check");
        await using var channel = await connection.CreateChannelAsync();
        for (var sequence = 1; sequence <= Messages; sequence++)
        {
            var message = await channel.BasicGetAsync(Queue, autoAck: true)
                ?? throw new BrokenPromiseException($"Message {sequence} is missing.");
            if (!MessageBody.TryRead(message.Body.Span, bytes: null, out var id) || id.Sequence != sequence)
                throw new BrokenPromiseException($"{id} came in the place of {sequence}.");
            if (message.Redelivered != delivered.Contains(id))
                throw new BrokenPromiseException($"{id} {(message.Redelivered ? "is" : "is not")} flagged as redelivered.");
        }
    }
}
