using System.Net;
using System.Net.Sockets;

namespace HareMQ.Broker.Access;

/// <summary>
/// Makes guessing passwords slow: after several failed logins from one address, or for one user, answers wait, whether they are good or bad.
/// Thread-safe.
/// </summary>
/// <remarks>
/// What is remembered lives in two generations; a full or old one is replaced by an empty one, and what was not seen since is forgotten with
/// the one before it. So memory is bounded and nothing has to be searched for what is oldest.
/// </remarks>
internal sealed class LoginBackOff(TimeProvider time)
{
    /// <summary>Failures that anybody may make without any wait: typing errors, a client with an old password that is restarted.</summary>
    public const int FreeFailures = 5;

    /// <summary>Names and addresses in one generation.</summary>
    public const int EntriesMax = 5000;

    /// <summary>The wait after one failure more than those; it doubles with each further one.</summary>
    public static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(250);

    /// <summary>Shorter than clients' and the broker's own patience with a handshake, so that the rightful user still gets in.</summary>
    public static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(4);

    /// <summary>Failures are forgotten when none was added for one to two of these.</summary>
    public static readonly TimeSpan Generation = TimeSpan.FromMinutes(1);

    /// <summary>A longer name counts as its beginning: names come from anybody.</summary>
    private const int NameCharactersMax = 64;

    // All guarded by _gate. Keys are user names and addresses; the letter in front keeps them apart.
    private readonly Lock _gate = new();
    private Dictionary<string, int> _failures = new(StringComparer.Ordinal);
    private Dictionary<string, int> _olderFailures = new(StringComparer.Ordinal);
    private long _generationStartedAt = time.GetTimestamp();

    /// <summary>How long the answer to a login must wait.</summary>
    public TimeSpan DelayOf(EndPoint? peer, string user)
    {
        lock (_gate)
        {
            // Almost always so: nobody has failed lately.
            if (_failures.Count == 0 && _olderFailures.Count == 0) return TimeSpan.Zero;
            ForgetOldOnes();
            var failures = Count(KeyOf(user));
            if (KeyOf(peer) is { } address) failures = Math.Max(failures, Count(address));
            if (failures < FreeFailures) return TimeSpan.Zero;
            // Five doublings are more than the longest wait; the bound keeps the shift within its width.
            var delay = DelayMin * (1 << Math.Min(failures - FreeFailures, 5));
            return delay < DelayMax ? delay : DelayMax;
        }
    }

    public void Failed(EndPoint? peer, string user)
    {
        lock (_gate)
        {
            ForgetOldOnes();
            Add(KeyOf(user));
            if (KeyOf(peer) is { } address) Add(address);
        }
    }

    /// <summary>The user is itself again. Its address stays under watch: who guesses may well have an account of its own.</summary>
    public void Succeeded(string user)
    {
        lock (_gate)
        {
            if (_failures.Count == 0 && _olderFailures.Count == 0) return;
            var key = KeyOf(user);
            _failures.Remove(key);
            _olderFailures.Remove(key);
        }
    }

    /// <summary>How many names and addresses are remembered.</summary>
    public int Count()
    {
        lock (_gate) return _failures.Count + _olderFailures.Count;
    }

    private int Count(string key) => _failures.TryGetValue(key, out var count) ? count : _olderFailures.GetValueOrDefault(key);

    private void Add(string key)
    {
        var count = Count(key) + 1;
        if (_failures.Count >= EntriesMax && !_failures.ContainsKey(key)) StartGeneration();
        _failures[key] = count;
        _olderFailures.Remove(key);
    }

    private void ForgetOldOnes()
    {
        var age = time.GetElapsedTime(_generationStartedAt);
        if (age < Generation) return;
        StartGeneration();
        // Nobody came for so long that what was new is old as well.
        if (age >= Generation * 2) _olderFailures.Clear();
    }

    private void StartGeneration()
    {
        (_failures, _olderFailures) = (_olderFailures, _failures);
        _failures.Clear();
        _generationStartedAt = time.GetTimestamp();
    }

    private static string KeyOf(string user) => string.Concat("u", user.AsSpan(0, Math.Min(user.Length, NameCharactersMax)));

    /// <summary>
    /// Null for this machine: its programs share the address, and one with a wrong password must not delay all others. Of IPv6 the network
    /// counts (/64), because whoever has one has all of its addresses.
    /// </summary>
    private static string? KeyOf(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: var address } || IPAddress.IsLoopback(address)) return null;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return null;
        if (address.AddressFamily == AddressFamily.InterNetwork) return $"a{address}";
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return $"a{Convert.ToHexString(bytes[..8])}";
    }
}
