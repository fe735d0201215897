using System.Text;
using System.Text.RegularExpressions;
using HareMQ.Broker.Definitions;

namespace HareMQ.Broker.Access;

/// <summary>Which passwords users may be given, and how they are hashed. What is hashed already is taken as it is.</summary>
internal sealed record PasswordPolicy
{
    public HashingAlgorithm Algorithm { get; init; } = HashingAlgorithm.Sha256;

    /// <summary>In characters.</summary>
    public int LengthMin { get; init; }

    /// <summary>Null: any password will do. With a time limit: passwords come from anybody who may set them.</summary>
    public Regex? Pattern { get; init; }

    /// <exception cref="InvalidDefinitionException">The password is not good enough.</exception>
    public PasswordHash Hash(string password)
    {
        if (new System.Globalization.StringInfo(password).LengthInTextElements < LengthMin)
            throw new InvalidDefinitionException($"minimum required password length: {LengthMin}");
        if (Pattern is not null && !Matches(Pattern, password))
            throw new InvalidDefinitionException("provided password does not match the validator regular expression");
        return PasswordHash.Create(Encoding.UTF8.GetBytes(password), Algorithm);
    }

    private static bool Matches(Regex pattern, string password)
    {
        try
        {
            return pattern.IsMatch(password);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
