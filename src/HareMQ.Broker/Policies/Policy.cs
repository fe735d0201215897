using System.Text.Json;

namespace HareMQ.Broker.Policies;

/// <summary>Optional arguments for all queues and exchanges of a virtual host whose name matches.</summary>
/// <param name="Kind">Whose it is.</param>
/// <param name="VirtualHost">Where it counts.</param>
/// <param name="Name">Unique among the policies of its kind in the virtual host.</param>
/// <param name="Pattern">An unanchored regular expression.</param>
/// <param name="ApplyTo">What it is for.</param>
/// <param name="Priority">Of those that match, the one with the highest counts; of equals, the first by name.</param>
/// <param name="Definition">What it asks for, as JSON values.</param>
internal sealed record Policy(
    PolicyKind Kind,
    string VirtualHost,
    string Name,
    string Pattern,
    PolicyTarget ApplyTo,
    int Priority,
    IReadOnlyDictionary<string, JsonElement> Definition);

internal enum PolicyKind : byte
{
    User,

    /// <summary>Limits what users' policies and arguments may ask for.</summary>
    Operator,
}

internal enum PolicyTarget : byte
{
    All,
    Queues,
    ClassicQueues,
    QuorumQueues,
    Streams,
    Exchanges,
}
