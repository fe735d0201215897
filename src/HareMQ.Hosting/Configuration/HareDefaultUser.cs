namespace HareMQ.Hosting;

/// <summary>Someone who may use new virtual hosts whose names match.</summary>
/// <param name="Name">The user's name.</param>
public sealed record HareDefaultUser(string Name)
{
    /// <summary>A regular expression. Default: every virtual host.</summary>
    public string VirtualHostPattern { get; init; } = ".*";

    /// <summary>The password of a user who is not there yet. Null (the default): a random one, which nobody is told.</summary>
    public string? Password { get; init; }

    /// <summary>The tags of a user who is not there yet. Default: none.</summary>
    public IReadOnlyCollection<string> Tags { get; init; } = [];

    /// <summary>What the user may do in those virtual hosts. Default: everything.</summary>
    public HarePermissions Permissions { get; init; } = HarePermissions.All;

    /// <summary>Without the password, so that no log shows it.</summary>
    public override string ToString() => Name;
}
