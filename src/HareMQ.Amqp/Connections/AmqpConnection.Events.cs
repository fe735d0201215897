using HareMQ.Broker.Events;

namespace HareMQ.Amqp.Connections;

/// <summary>What the event exchange hears of the connection.</summary>
internal sealed partial class AmqpConnection : IEventSource
{
    public BrokerEvents Events => _server.Core.Events;

    long IEventSource.ConnectionId => Id;

    private void TellLogin(string user, string? error)
    {
        if (Events.AreWanted) Events.LoginEnded(Snapshot(), user, Tls is not null, error);
    }

    private void TellOpened()
    {
        // Kept only where somebody may want to know.
        if (Events.AreOn) ActingUser.Set(UserName);
        if (!Events.AreWanted) return;
        var tls = Tls is { } session
            ? new EventTls(
                session.Protocol, session.KeyExchange, session.Cipher, session.Hash, session.Peer?.Subject, session.Peer?.Issuer,
                session.Peer?.Validity)
            : null;
        Events.ConnectionCreated(Snapshot(), tls);
    }

    /// <summary>Also of connections that were refused, but not of those that never said who they are.</summary>
    private void TellClosed()
    {
        if (AuthMechanism.Length > 0 && Events.AreWanted) Events.ConnectionClosed(Snapshot());
    }
}
