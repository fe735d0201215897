using RabbitMQ.Client.Exceptions;
using Tour;
using Tour.Topics;

// Every topic is one short file; read them in this order.
Topic[] topics =
[
    new("quickstart", "Publish a message and consume it", QuickStart.RunAsync),
    new("direct", "Direct exchange: route by an exact key", DirectExchange.RunAsync),
    new("topic", "Topic exchange: route by a pattern", TopicExchange.RunAsync),
    new("fanout", "Fanout exchange: a copy for everybody", FanoutExchange.RunAsync),
    new("headers", "Headers exchange: route by headers", HeadersExchange.RunAsync),
    new("properties", "What a message can say about itself", MessageProperties.RunAsync),
    new("confirms", "Know that the broker has your message", PublisherConfirms.RunAsync),
    new("returns", "Learn that nobody wanted your message", ReturnedMessages.RunAsync),
    new("alternate", "Catch what no binding matches", AlternateExchange.RunAsync),
    new("ttl", "Let messages and queues expire", TimeToLive.RunAsync),
    new("deadletters", "See what was rejected, expired or did not fit", DeadLetters.RunAsync),
    new("priorities", "Deliver the most important messages first", Priorities.RunAsync),
    new("delayed", "Send a message that comes later", DelayedMessages.RunAsync),
    new("consumer", "Write a consumer class of your own", CustomConsumer.RunAsync),
    new("prefetch", "Limit what a consumer holds at a time", Prefetch.RunAsync),
    new("single-active", "Let one consumer work and others stand by", SingleActiveConsumer.RunAsync),
    new("requeue", "Acknowledge, or give a message back", AckAndRequeue.RunAsync),
    new("rpc", "Ask and answer without a reply queue", RemoteProcedureCall.RunAsync),
    new("transactions", "Publish and acknowledge all or nothing", Transactions.RunAsync),
];

if (CommandLine.Parse(args) is not { } options) return 2;
if (options.List)
{
    foreach (var topic in topics) Console.WriteLine($"{topic.Name,-14}{topic.Title}");
    return 0;
}

var chosen = topics.Where(topic => options.Only is null || topic.Name == options.Only).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"There is no topic '{options.Only}'; --list shows them all.");
    return 2;
}

await using var broker = await TourBroker.StartAsync(options.Url);
var failures = 0;
foreach (var topic in chosen)
{
    Console.WriteLine($"\n== {topic.Title} ({topic.Name})");
    var guide = new Guide();
    var factory = new ConnectionFactory { Uri = broker.Uri, ClientProvidedName = $"tour {topic.Name}" };
    await using var connection = await factory.CreateConnectionAsync();
    try
    {
        await topic.RunAsync(connection, guide);
    }
    catch (Exception exception) when (exception is TimeoutException or OperationCanceledException or RabbitMQClientException)
    {
        guide.Fail($"{exception.GetType().Name}: {exception.Message}");
    }
    failures += guide.Failures;
}

Console.WriteLine(failures == 0 ? $"\nEverything happened as told." : $"\n{failures} expectations failed.");
return failures == 0 ? 0 : 1;
