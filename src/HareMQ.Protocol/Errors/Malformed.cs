namespace HareMQ.Protocol;

/// <summary>The errors that end a connection because its bytes cannot be understood. Wording in one place; all of them are "hard".</summary>
internal static class Malformed
{
    public static ConnectionException Table(string what) => new(ReplyCode.SyntaxError, $"malformed field table: {what}");

    public static ConnectionException TableTooDeep(int depthMax) => Table($"nested deeper than {depthMax} levels");

    public static ConnectionException UnknownFieldType(byte tag) => Table($"unknown type tag {tag}");
}
