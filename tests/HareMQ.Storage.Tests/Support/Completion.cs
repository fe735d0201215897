namespace HareMQ.Storage.Tests;

internal sealed class Completion : ISyncCompletion, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _done = new();

    public Exception? Error { get; private set; }

    public bool IsDone => _done.IsSet;

    public void OnSynced(Exception? error)
    {
        Error = error;
        _done.Set();
    }

    public void Wait() => Assert.True(_done.Wait(s_patience), "The sync did not complete.");

    public void Dispose() => _done.Dispose();
}
