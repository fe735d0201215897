using System.Text;

namespace Tour;

/// <summary>Text in, text out, so that the topics can speak of what they are about.</summary>
internal static class ChannelExtensions
{
    public static async Task SendAsync(this IChannel channel, string exchange, string routingKey, string text) =>
        await channel.BasicPublishAsync(exchange, routingKey, Encoding.UTF8.GetBytes(text));

    /// <summary>Takes everything out of a queue, as one line.</summary>
    public static async Task<string> TakeAllAsync(this IChannel channel, string queue)
    {
        var texts = new List<string>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message) texts.Add(message.Body.Text());
        return texts.Count == 0 ? "nothing" : string.Join(", ", texts);
    }

    /// <summary>A queue of this connection alone, named by the broker, bound to the exchange.</summary>
    public static async Task<string> BindNewQueueAsync(
        this IChannel channel, string exchange, string routingKey = "", IDictionary<string, object?>? arguments = null)
    {
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, exchange, routingKey, arguments);
        return queue.QueueName;
    }

    public static string Text(this ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);
}
