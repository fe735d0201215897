namespace Tour.Topics;

/// <summary>
/// A headers exchange looks at the message's headers instead of its key; x-match says whether all of the binding's must agree, or any.
/// </summary>
internal static class HeadersExchange
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("tour.documents", ExchangeType.Headers, autoDelete: true);

        var secretPdf = await channel.BindNewQueueAsync("tour.documents", "",
            new Dictionary<string, object?> { ["x-match"] = "all", ["format"] = "pdf", ["secret"] = true });
        var either = await channel.BindNewQueueAsync("tour.documents", "",
            new Dictionary<string, object?> { ["x-match"] = "any", ["format"] = "pdf", ["secret"] = true });

        await PublishAsync("secret pdf", "pdf", secret: true);
        await PublishAsync("open pdf", "pdf", secret: false);
        await PublishAsync("open text", "text", secret: false);

        guide.Expect("all headers agree", "secret pdf", await channel.TakeAllAsync(secretPdf));
        guide.Expect("any header agrees", "secret pdf, open pdf", await channel.TakeAllAsync(either));

        async Task PublishAsync(string text, string format, bool secret)
        {
            var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["format"] = format, ["secret"] = secret } };
            await channel.BasicPublishAsync("tour.documents", "", mandatory: false, properties, System.Text.Encoding.UTF8.GetBytes(text));
        }
    }
}
