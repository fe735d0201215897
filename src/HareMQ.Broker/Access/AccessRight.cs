namespace HareMQ.Broker.Access;

internal enum AccessRight
{
    Configure,
    Write,
    Read,
}

internal static class AccessRights
{
    /// <summary>The word in refusals: <c>write access to …</c>.</summary>
    public static string Word(this AccessRight right) => right switch
    {
        AccessRight.Configure => "configure",
        AccessRight.Write => "write",
        AccessRight.Read => "read",
        _ => throw new ArgumentOutOfRangeException(nameof(right), right, null),
    };
}
