using HareMQ.Hosting;

namespace Tour;

/// <summary>The broker that the tour runs on: the one that the command line names, else one inside this process, on a free port.</summary>
internal sealed class TourBroker : IAsyncDisposable
{
    private readonly HareBroker? _embedded;

    private TourBroker(Uri uri, HareBroker? embedded)
    {
        Uri = uri;
        _embedded = embedded;
    }

    public Uri Uri { get; }

    public static async Task<TourBroker> StartAsync(Uri? url)
    {
        if (url is not null) return new TourBroker(url, embedded: null);
        var broker = await HareBroker.StartAsync(options => options.Port = 0);
        return new TourBroker(broker.Uri, broker);
    }

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? ValueTask.CompletedTask;
}
