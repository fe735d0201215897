namespace HareMQ.Broker.VirtualHosts;

/// <summary>What an administrator notes about a virtual host. Immutable.</summary>
/// <param name="Description">Free text.</param>
/// <param name="Tags">Free words.</param>
/// <param name="DefaultQueueType">Of queues that ask for none: <c>classic</c>, <c>quorum</c>; null: the broker's.</param>
/// <param name="ProtectedFromDeletion">Until that is taken back it cannot be deleted.</param>
internal sealed record VirtualHostMetadata(
    string Description, IReadOnlyList<string> Tags, string? DefaultQueueType, bool ProtectedFromDeletion = false)
{
    public static VirtualHostMetadata None { get; } = new("", [], null);
}
