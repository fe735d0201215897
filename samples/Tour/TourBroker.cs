namespace Tour;

/// <summary>The broker that the tour runs on: the one that the command line names, else the usual one of this machine.</summary>
internal sealed class TourBroker(Uri uri) : IAsyncDisposable
{
    public Uri Uri => uri;

    public static Task<TourBroker> StartAsync(Uri? url) => Task.FromResult(new TourBroker(url ?? new Uri("amqp://guest:guest@127.0.0.1:5672/")));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
