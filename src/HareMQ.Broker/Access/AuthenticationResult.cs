using System.Diagnostics.CodeAnalysis;

namespace HareMQ.Broker.Access;

internal enum AuthenticationOutcome
{
    Accepted,
    UnknownUser,
    WrongPassword,

    /// <summary>The password was right, but this user may only log in from the broker's own machine.</summary>
    LoopbackOnly,

    /// <summary>No token, or one that is not to be believed.</summary>
    BadToken,

    /// <summary>Nothing on the list of ways to log in takes the user.</summary>
    NoBackend,
}

/// <summary>The outcome is for the broker's log: a client must not learn why it was refused.</summary>
/// <param name="Outcome">Whether, and if not, why not.</param>
/// <param name="User">Who; null unless accepted.</param>
/// <param name="Rights">What the user may do, if a token says so rather than the broker's own list.</param>
/// <param name="Detail">More about a refusal; nothing secret.</param>
internal readonly record struct AuthenticationResult(
    AuthenticationOutcome Outcome, User? User, TokenRights? Rights = null, string? Detail = null)
{
    /// <summary>For the log.</summary>
    public string Reason => Detail ?? Outcome.ToString();

    [MemberNotNullWhen(true, nameof(User))]
    public bool Succeeded => Outcome == AuthenticationOutcome.Accepted;
}
