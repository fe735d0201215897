namespace HareMQ.Broker.Clients;

/// <summary>Who is connected: what management sees of the protocols, whichever they are. Any thread.</summary>
internal interface IConnectionDirectory
{
    IReadOnlyList<ConnectionSnapshot> Connections { get; }

    /// <summary>Those that have not logged in yet count too.</summary>
    int ConnectionCount { get; }

    /// <summary>A connection more is refused; null: any number may come.</summary>
    int? ConnectionsMax { get; }

    /// <summary>Those that are open: none while they are suspended.</summary>
    IReadOnlyList<ListenerSnapshot> Listeners { get; }

    /// <summary>In maintenance mode: clients were sent away.</summary>
    bool IsDrained { get; }

    /// <summary>Closes the listeners; clients who are here stay.</summary>
    Task SuspendListenersAsync();

    /// <summary>Opens them again.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Somebody else has taken an address of theirs.</exception>
    Task ResumeListenersAsync();

    /// <summary>Begins the maintenance mode: closes listeners and clients.</summary>
    Task DrainAsync();

    /// <summary>Ends it.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">As for <see cref="ResumeListenersAsync"/>.</exception>
    Task ReviveAsync();

    /// <summary>Asks a connection to end: its client gets 320 CONNECTION_FORCED with the reason.</summary>
    /// <returns>False: it is gone already.</returns>
    bool Close(ConnectionSnapshot connection, string reason);
}

/// <summary>For a broker that nobody can connect to.</summary>
internal sealed class NoConnections : IConnectionDirectory
{
    public static NoConnections Instance { get; } = new();

    public IReadOnlyList<ConnectionSnapshot> Connections => [];

    public int ConnectionCount => 0;

    public int? ConnectionsMax => null;

    public IReadOnlyList<ListenerSnapshot> Listeners => [];

    public bool IsDrained => false;

    public Task SuspendListenersAsync() => Task.CompletedTask;

    public Task ResumeListenersAsync() => Task.CompletedTask;

    public Task DrainAsync() => Task.CompletedTask;

    public Task ReviveAsync() => Task.CompletedTask;

    public bool Close(ConnectionSnapshot connection, string reason) => false;
}
