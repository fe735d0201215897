using System.Net;

namespace HareMQ.Broker.Statistics;

/// <summary>Logins that were tried over one protocol: how many, by whom, from where. Any thread.</summary>
internal sealed class LoginAttempts
{
    /// <summary>Pairs of address and user; of more, those that tried longest ago are forgotten, because anybody can invent them.</summary>
    public const int SourcesMax = 1000;

    /// <summary>A longer name counts as its beginning: names come from anybody.</summary>
    public const int NameCharactersMax = 255;

    // Guarded by _gate. The list has the latest in front.
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Address, string User), LinkedListNode<LoginSource>> _sources = [];
    private readonly LinkedList<LoginSource> _latest = new();
    private LoginCounts _sinceReset = new();

    /// <summary>Since the broker started, whatever was reset: for metrics, which must not go back.</summary>
    public LoginCounts Ever { get; } = new();

    public LoginCounts SinceReset => Volatile.Read(ref _sinceReset);

    /// <summary>Since the last reset, the latest first.</summary>
    public IReadOnlyList<LoginSource> Sources
    {
        get
        {
            lock (_gate) return [.. _latest];
        }
    }

    /// <param name="peer">Null: it is not known.</param>
    /// <param name="user">Whom the client said it is.</param>
    /// <param name="succeeded">It was let in.</param>
    public void Count(IPAddress? peer, string user, bool succeeded)
    {
        Ever.Count(succeeded);
        if (peer is { IsIPv4MappedToIPv6: true }) peer = peer.MapToIPv4();
        if (user.Length > NameCharactersMax) user = user[..NameCharactersMax];
        lock (_gate)
        {
            _sinceReset.Count(succeeded);
            SourceOf(peer?.ToString() ?? "", user).Counts.Count(succeeded);
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            Volatile.Write(ref _sinceReset, new LoginCounts());
            _sources.Clear();
            _latest.Clear();
        }
    }

    private LoginSource SourceOf(string address, string user)
    {
        if (_sources.TryGetValue((address, user), out var node))
        {
            _latest.Remove(node);
            _latest.AddFirst(node);
            return node.Value;
        }

        if (_latest is { Count: SourcesMax, Last: { } oldest })
        {
            _latest.RemoveLast();
            _sources.Remove((oldest.Value.Address, oldest.Value.User));
        }

        return (_sources[(address, user)] = _latest.AddFirst(new LoginSource(address, user))).Value;
    }
}

/// <summary>Where logins came from.</summary>
/// <param name="Address">The client's, without a port; empty: it is not known.</param>
/// <param name="User">Whom it said it is.</param>
internal sealed record LoginSource(string Address, string User)
{
    public LoginCounts Counts { get; } = new();
}
