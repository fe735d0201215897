namespace Tour.Topics;

/// <summary>
/// A message that no binding matches is dropped without a word. The mandatory flag asks for it back, with code 312 NO_ROUTE; the next topic
/// catches it instead.
/// </summary>
internal static class ReturnedMessages
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        var returned = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.BasicReturnAsync += (_, message) =>
        {
            returned.TrySetResult($"{message.ReplyCode} {message.ReplyText} for '{message.Body.Text()}'");
            return Task.CompletedTask;
        };

        await channel.BasicPublishAsync("", "tour.no-such-queue", mandatory: true, "anybody there?"u8.ToArray());
        guide.Expect("came back", "312 NO_ROUTE for 'anybody there?'", await returned.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
