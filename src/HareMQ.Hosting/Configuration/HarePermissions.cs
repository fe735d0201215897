namespace HareMQ.Hosting;

/// <summary>
/// Three regular expressions over exchange and queue names, as RabbitMQ's <c>set_permissions</c> takes them. An empty one allows nothing.
/// </summary>
/// <param name="Configure">What may be declared and deleted.</param>
/// <param name="Write">What may be published and bound to.</param>
/// <param name="Read">What may be consumed, purged and bound from.</param>
public sealed record HarePermissions(string Configure, string Write, string Read)
{
    /// <summary>Everything: <c>.*</c> three times.</summary>
    public static HarePermissions All { get; } = new(".*", ".*", ".*");
}
