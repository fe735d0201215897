using System.Diagnostics;
using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;

namespace HareMQ.Crash.Traffic;

/// <summary>One life of the broker, from its start to the kill, with the clients that work during it.</summary>
internal sealed class Life(BrokerProcess broker, Ledger ledger)
{
    private readonly CancellationTokenSource _ended = new();
    private readonly List<Task> _clients = [];

    public Uri Uri => broker.Uri;

    public int Generation { get; } = ledger.Generation;

    /// <summary>Cancelled just before the broker is killed, or when the clients are to stop.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Starts a client. Before the end of this life it must not fail; afterwards all it may do is lose its connection.</summary>
    public void Run(string name, Func<Life, Task> client) => _clients.Add(Task.Run(async () =>
    {
        try
        {
            await client(this);
        }
        catch (Exception error) when (_ended.IsCancellationRequested && Client.IsLoss(error))
        {
            // That is what the life is ended for.
        }
        catch (Exception error)
        {
            ledger.Report($"{name} failed: {error}");
        }
    }));

    /// <summary>Lets the clients work until the moment comes, then kills the broker under them.</summary>
    public async Task KillAfterAsync(TimeSpan moment)
    {
        // The moment is what the experiment varies; nothing waits for anything here.
        await Task.Delay(moment);
        await KillAsync();
    }

    public async Task KillAsync()
    {
        await _ended.CancelAsync();
        var killedAt = Stopwatch.GetTimestamp();
        await broker.KillAsync();
        await Task.WhenAll(_clients).WaitAsync(BrokerProcess.Patience);
        ledger.EndGeneration(killedAt);
    }

    /// <summary>Waits for clients that come to an end of their own accord.</summary>
    public Task ClientsAsync() => Task.WhenAll(_clients).WaitAsync(BrokerProcess.Patience);
}
