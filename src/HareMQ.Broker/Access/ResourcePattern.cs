using System.Text.RegularExpressions;

namespace HareMQ.Broker.Access;

/// <summary>A permission's regular expression, checked and compiled when it is set.</summary>
internal sealed class ResourcePattern
{
    /// <summary>A pattern is an administrator's; the names it meets are not. Backtracking beyond this refuses.</summary>
    private static readonly TimeSpan s_matchTimeout = TimeSpan.FromSeconds(1);

    private readonly Regex? _regex;
    private readonly bool _matchesAll;

    /// <exception cref="ArgumentException">Not a regular expression; the message names it.</exception>
    public ResourcePattern(string pattern)
    {
        Pattern = pattern;
        switch (pattern)
        {
            case "" or "^$": break;
            case ".*" or "^.*" or ".*$" or "^.*$": _matchesAll = true; break;
            default: _regex = Compile(pattern, s_matchTimeout); break;
        }
    }

    internal ResourcePattern(string pattern, TimeSpan matchTimeout)
    {
        Pattern = pattern;
        _regex = Compile(pattern, matchTimeout);
    }

    public string Pattern { get; }

    /// <exception cref="RegexMatchTimeoutException">Undecided after a second of backtracking: the caller refuses and reports.</exception>
    public bool IsMatch(ReadOnlySpan<char> name) => _regex?.IsMatch(name) ?? (_matchesAll || name.IsEmpty);

    private static Regex Compile(string pattern, TimeSpan matchTimeout)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, matchTimeout);
        }
        catch (RegexParseException e)
        {
            throw new ArgumentException($"The pattern '{pattern}' is not a valid regular expression: {e.Message}", nameof(pattern), e);
        }
    }
}
