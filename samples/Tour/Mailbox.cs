using System.Text;
using System.Threading.Channels;

namespace Tour;

/// <summary>A consumer whose messages can be waited for, one after the other.</summary>
internal sealed class Mailbox(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Channel<(string Text, IDictionary<string, object?>? Headers)> _messages =
        System.Threading.Channels.Channel.CreateUnbounded<(string, IDictionary<string, object?>?)>();

    private IDictionary<string, object?>? _headers;

    /// <summary>The next message's text.</summary>
    public async Task<string> NextAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        (var text, _headers) = await _messages.Reader.ReadAsync(patience.Token);
        return text;
    }

    /// <summary>A header of that message.</summary>
    public string Header(string name) =>
        _headers?.TryGetValue(name, out var value) == true ? Encoding.UTF8.GetString((byte[])value!) : "nothing";

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        // The body is the client's again when this method ends.
        _messages.Writer.TryWrite((body.Text(), properties.Headers));
        return Task.CompletedTask;
    }
}
