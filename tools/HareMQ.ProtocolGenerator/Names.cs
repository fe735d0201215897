namespace HareMQ.ProtocolGenerator;

/// <summary>From the protocol's words-with-hyphens to C# names.</summary>
internal static class Names
{
    public static string Pascal(string words) =>
        string.Concat(words.Split('-').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>A parameter's name, escaped where it is a keyword.</summary>
    public static string Camel(string words)
    {
        var pascal = Pascal(words);
        var camel = char.ToLowerInvariant(pascal[0]) + pascal[1..];
        return camel is "internal" ? "@" + camel : camel;
    }
}
