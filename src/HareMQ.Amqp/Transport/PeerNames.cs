using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HareMQ.Amqp.Transport;

/// <summary>
/// Names of clients by reverse DNS. Nobody waits for one: an answer that comes late, or never, leaves the address. Few look-ups are under
/// way at a time, since each holds a thread for as long as the system's resolver pleases. Thread-safe.
/// </summary>
/// <param name="time">The clock of the time limits.</param>
/// <param name="resolve">Asks for a name, and fails with <see cref="SocketException"/> when there is none; null: the system.</param>
internal sealed class PeerNames(TimeProvider time, Func<IPAddress, Task<string>>? resolve = null)
{
    private const int UnderWayMax = 4;

    /// <summary>Look-ups that wait for those; a client beyond it keeps its address.</summary>
    private const int WaitingMax = 1000;

    /// <summary>Names that are remembered.</summary>
    private const int KeptMax = 10_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_keptFor = TimeSpan.FromMinutes(10);

    private readonly Func<IPAddress, Task<string>> _resolve = resolve ?? ResolveAsync;
    private readonly SemaphoreSlim _places = new(UnderWayMax, UnderWayMax);
    private readonly ConcurrentDictionary<IPAddress, Found> _found = new();
    private int _waiting;

    /// <returns>Null: it has none, or it was not found in time.</returns>
    public async Task<string?> FindAsync(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (_found.TryGetValue(address, out var found) && time.GetElapsedTime(found.At) < s_keptFor) return found.Name;
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        await _places.WaitAsync();
        Interlocked.Decrement(ref _waiting);
        var looking = Task.Run(() => _resolve(address));
        _ = LeaveAsync(looking);
        var name = await WaitAsync(looking);
        if (_found.Count >= KeptMax) _found.Clear();
        _found[address] = new Found(name, time.GetTimestamp());
        return name;
    }

    private async Task<string?> WaitAsync(Task<string> looking)
    {
        try
        {
            return await looking.WaitAsync(s_patience, time);
        }
        catch (Exception error) when (error is SocketException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>A look-up that nobody waits for any more still holds its place.</summary>
    private async Task LeaveAsync(Task looking)
    {
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _places.Release();
    }

    private static async Task<string> ResolveAsync(IPAddress address) => (await Dns.GetHostEntryAsync(address)).HostName;

    private sealed record Found(string? Name, long At);
}
