using System.Net;
using HareMQ.Broker.Clients;

namespace HareMQ.Management;

/// <summary>What the HTTP API is configured with.</summary>
internal sealed record ManagementOptions
{
    /// <summary>The version whose API this is: tools choose by it what they ask for.</summary>
    public const string ApiVersion = "3.13.7";

    public IReadOnlyList<IPEndPoint> Listeners { get; init; } = [];

    /// <summary>Where this process listens for something else over HTTP.</summary>
    public IReadOnlyList<ListenerSnapshot> OtherListeners { get; init; } = [];

    public string NodeName { get; init; } = "hare@localhost";

    /// <summary>In force until somebody changes it through the API.</summary>
    public string ClusterName { get; init; } = "";

    public string ProductName { get; init; } = "HareMQ";

    public string ProductVersion { get; init; } = "";

    public string DataDirectory { get; init; } = "";

    public IReadOnlyList<string> ConfigurationFiles { get; init; } = [];

    public IReadOnlyList<string> AuthMechanisms { get; init; } = [];

    /// <summary>The largest request body.</summary>
    public int BodyBytesMax { get; init; } = 10_000_000;
}
