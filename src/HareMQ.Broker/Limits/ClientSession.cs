using HareMQ.Protocol;

namespace HareMQ.Broker.Limits;

/// <summary>What one connection has of all that is limited. Belongs to its read loop.</summary>
internal sealed class ClientSession(ClientSessions sessions, string virtualHost, string user)
{
    private int _channels;
    private bool _ended;

    /// <exception cref="ConnectionException">530 NOT_ALLOWED: the user has too many.</exception>
    public void OpenChannel()
    {
        sessions.OpenChannel(user);
        _channels++;
    }

    public void CloseChannel()
    {
        // The end has given back all of them.
        if (_ended) return;
        sessions.CloseChannel(user);
        _channels--;
    }

    /// <summary>Gives back everything. Once is enough, more does no harm.</summary>
    public void End()
    {
        if (_ended) return;
        _ended = true;
        sessions.End(virtualHost, user, _channels);
    }
}
