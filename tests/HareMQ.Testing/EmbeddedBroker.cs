using HareMQ.Broker.Alarms;
using HareMQ.Hosting;

namespace HareMQ.Testing;

/// <summary>
/// HareMQ inside the test's process, on a free port of the loopback interface, with a data directory that survives a restart.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly DirectoryInfo _data;
    private HareBroker _broker;

    private EmbeddedBroker(DirectoryInfo data, HareBroker broker)
    {
        _data = data;
        _broker = broker;
    }

    public Uri Uri => _broker.Uri;

    /// <summary>The one of now: a restart makes another.</summary>
    public HareBroker Broker => _broker;

    public static async Task<EmbeddedBroker> StartAsync()
    {
        var data = Directory.CreateTempSubdirectory("haremq-test-");
        return new EmbeddedBroker(data, await StartAsync(data));
    }

    /// <summary>Stops the broker as an operator would and starts it again on the same data, on another port.</summary>
    public async Task RestartAsync()
    {
        await _broker.DisposeAsync();
        _broker = await StartAsync(_data);
    }

    public void SetMemoryWatermark(double share) => _broker.Resources.SetMemoryWatermark(ResourceLimit.OfMemory(share));

    public void SetDiskFreeLimit(long bytes) => _broker.Resources.SetDiskFreeLimit(ResourceLimit.Of(bytes));

    public void SetConsumerTimeout(int milliseconds) => _broker.ConsumerTimeoutMs = milliseconds;

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private static Task<HareBroker> StartAsync(DirectoryInfo data) => HareBroker.StartAsync(options =>
    {
        options.Port = 0;
        options.EventExchange = true;
        options.DataDirectory = data.FullName;
    });
}
