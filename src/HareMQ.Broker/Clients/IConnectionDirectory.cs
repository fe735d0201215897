namespace HareMQ.Broker.Clients;

/// <summary>Who is connected: what management sees of the protocols, whichever they are. Any thread.</summary>
internal interface IConnectionDirectory
{
    IReadOnlyList<ConnectionSnapshot> Connections { get; }

    /// <summary>Those that have not logged in yet count too.</summary>
    int ConnectionCount { get; }

    /// <summary>A connection more is refused; null: any number may come.</summary>
    int? ConnectionsMax { get; }

    IReadOnlyList<ListenerSnapshot> Listeners { get; }

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

    public bool Close(ConnectionSnapshot connection, string reason) => false;
}
