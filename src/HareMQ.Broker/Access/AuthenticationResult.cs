using System.Diagnostics.CodeAnalysis;

namespace HareMQ.Broker.Access;

internal enum AuthenticationOutcome
{
    Accepted,
    UnknownUser,
    WrongPassword,

    /// <summary>The password was right, but this user may only log in from the broker's own machine.</summary>
    LoopbackOnly,
}

/// <summary>The outcome is for the broker's log: a client must not learn why it was refused.</summary>
internal readonly record struct AuthenticationResult(AuthenticationOutcome Outcome, User? User)
{
    [MemberNotNullWhen(true, nameof(User))]
    public bool Succeeded => Outcome == AuthenticationOutcome.Accepted;
}
