namespace HareMQ.Broker.Access;

/// <summary>A way to log in by name and password. Any thread.</summary>
internal interface IAuthenticationBackend
{
    ValueTask<AuthenticationResult> AuthenticateAsync(string user, ReadOnlyMemory<byte> password, bool loopbackPeer);

    /// <summary>For a user who has proved already who it is, by a certificate.</summary>
    AuthenticationResult AuthenticateExternal(string user, bool loopbackPeer);
}

/// <summary>The ways to log in, in the order in which they are tried; what the first that accepts a user says holds for it.</summary>
internal sealed class Authenticator(IReadOnlyList<IAuthenticationBackend> backends)
{
    private static readonly AuthenticationResult s_noBackend = new(AuthenticationOutcome.NoBackend, null);

    /// <summary>Somebody else than the broker's own users is known.</summary>
    public bool UsesTokens { get; } = backends.Any(backend => backend is not InternalBackend);

    public async ValueTask<AuthenticationResult> AuthenticateAsync(string user, ReadOnlyMemory<byte> password, bool loopbackPeer)
    {
        var last = s_noBackend;
        var reasons = new List<string>(backends.Count);
        foreach (var backend in backends)
        {
            last = await backend.AuthenticateAsync(user, password, loopbackPeer);
            if (last.Succeeded) return last;
            reasons.Add(last.Reason);
        }

        return reasons.Count < 2 ? last : last with { Detail = string.Join("; ", reasons) };
    }

    public AuthenticationResult AuthenticateExternal(string user, bool loopbackPeer)
    {
        var last = s_noBackend;
        foreach (var backend in backends)
        {
            last = backend.AuthenticateExternal(user, loopbackPeer);
            if (last.Succeeded) break;
        }

        return last;
    }
}

/// <summary>The broker's own users and passwords.</summary>
internal sealed class InternalBackend(AccessControl access) : IAuthenticationBackend
{
    public ValueTask<AuthenticationResult> AuthenticateAsync(string user, ReadOnlyMemory<byte> password, bool loopbackPeer) =>
        new(access.Authenticate(user, password.Span, loopbackPeer));

    public AuthenticationResult AuthenticateExternal(string user, bool loopbackPeer) => access.AuthenticateExternal(user, loopbackPeer);
}
