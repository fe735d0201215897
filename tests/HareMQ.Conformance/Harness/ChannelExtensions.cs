using System.Text;

namespace HareMQ.Conformance.Harness;

/// <summary>The words that most tests are written in.</summary>
internal static class ChannelExtensions
{
    /// <summary>An exclusive, server-named queue: gone with its connection.</summary>
    public static async Task<string> DeclareQueueAsync(this IChannel channel, Dictionary<string, object?>? arguments = null) =>
        (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: false, arguments)).QueueName;

    /// <summary>An exclusive queue bound to the exchange.</summary>
    public static async Task<string> DeclareBoundQueueAsync(
        this IChannel channel, string exchange, string routingKey = "", IDictionary<string, object?>? arguments = null)
    {
        var queue = await channel.DeclareQueueAsync();
        await channel.QueueBindAsync(queue, exchange, routingKey, arguments);
        return queue;
    }

    public static async Task PublishTextAsync(this IChannel channel, string exchange, string routingKey, string text,
        bool mandatory = false) =>
        await channel.BasicPublishAsync(exchange, routingKey, mandatory, Encoding.UTF8.GetBytes(text));

    public static async Task PublishTextsAsync(this IChannel channel, string queue, params string[] texts)
    {
        foreach (var text in texts) await channel.PublishTextAsync("", queue, text);
    }

    /// <summary>Takes the first message off the queue for good; null when the queue is empty.</summary>
    public static async Task<string?> TakeTextAsync(this IChannel channel, string queue) =>
        await channel.BasicGetAsync(queue, autoAck: true) is { } message ? Encoding.UTF8.GetString(message.Body.Span) : null;

    /// <summary>Everything that is ready in the queue, in order.</summary>
    public static async Task<List<string>> TakeAllAsync(this IChannel channel, string queue)
    {
        var texts = new List<string>();
        while (await channel.TakeTextAsync(queue) is { } text) texts.Add(text);
        return texts;
    }

    public static string Text(this BasicGetResult message) => Encoding.UTF8.GetString(message.Body.Span);
}
