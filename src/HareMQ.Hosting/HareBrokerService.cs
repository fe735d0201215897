using Microsoft.Extensions.Hosting;

namespace HareMQ.Hosting;

/// <summary>Starts and stops the broker with its host.</summary>
/// <remarks>Disposable in both ways: a host that failed to start is disposed without having been stopped, and some are disposed synchronously.</remarks>
internal sealed class HareBrokerService(HareBrokerOptions options) : IHostedLifecycleService, IHareBroker, IAsyncDisposable, IDisposable
{
    private readonly TaskCompletionSource<HareBroker> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<HareBroker> GetBrokerAsync(CancellationToken cancellationToken = default) => _started.Task.WaitAsync(cancellationToken);

    public async Task<Uri> GetUriAsync(CancellationToken cancellationToken = default) => (await GetBrokerAsync(cancellationToken)).Uri;

    // Before any other hosted service starts: those may want to connect.
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            _started.TrySetResult(await HareBroker.StartAsync(options, cancellationToken));
        }
        catch (Exception error)
        {
            _started.TrySetException(error);
            throw;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // After all others have stopped.
    public Task StoppedAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_started.Task.IsCompletedSuccessfully) await (await _started.Task).DisposeAsync();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
