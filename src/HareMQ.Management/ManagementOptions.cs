using System.Net;
using System.Security.Cryptography.X509Certificates;
using HareMQ.Broker.Clients;
using HareMQ.Management.Statistics;
using Microsoft.AspNetCore.Connections;

namespace HareMQ.Management;

/// <summary>What the HTTP API is configured with.</summary>
internal sealed record ManagementOptions
{
    /// <summary>The version whose API this is: tools choose by it what they ask for.</summary>
    public const string ApiVersion = "3.13.7";

    public IReadOnlyList<ManagementListener> Listeners { get; init; } = [];

    /// <summary>Where this process listens for something else over HTTP, as of now.</summary>
    public Func<IReadOnlyList<ListenerSnapshot>> OtherListeners { get; init; } = () => [];

    public string NodeName { get; init; } = "hare@localhost";

    /// <summary>In force until somebody changes it through the API.</summary>
    public string ClusterName { get; init; } = "";

    public string ProductName { get; init; } = "HareMQ";

    public string ProductVersion { get; init; } = "";

    public string DataDirectory { get; init; } = "";

    public IReadOnlyList<string> ConfigurationFiles { get; init; } = [];

    public IReadOnlyList<string> AuthMechanisms { get; init; } = [];

    /// <summary>What all paths begin with; empty, or with a slash in front and none behind.</summary>
    public string PathPrefix { get; init; } = "";

    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    public int CorsMaxAgeSeconds { get; init; } = 1800;

    public IReadOnlyDictionary<string, string> ResponseHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>No answer has counts and rates, whatever its request asks for.</summary>
    public bool DisableStats { get; init; }

    /// <summary>Answers without counts and rates have the lengths of queues, whatever their request asks for.</summary>
    public bool EnableQueueTotals { get; init; }

    /// <summary>RabbitMQ's word for how much of the past is kept.</summary>
    public string RatesMode { get; init; } = "basic";

    /// <summary>False: nothing of the past is kept.</summary>
    public bool HasRates { get; init; } = true;

    public required Retention Retention { get; init; }

    /// <summary>Requests that would change operators' policies are refused.</summary>
    public bool OperatorPoliciesAreFixed { get; init; }

    /// <summary>The largest request body.</summary>
    public int BodyBytesMax { get; init; } = 10_000_000;
}

/// <summary>Where the HTTP API listens, or metrics are.</summary>
/// <param name="EndPoint">Address and port; 0 takes any free one.</param>
/// <param name="Encrypt">What stands before each connection to encrypt it; null: nothing does.</param>
internal sealed record ManagementListener(IPEndPoint EndPoint, Func<ConnectionDelegate, ConnectionDelegate>? Encrypt = null)
{
    /// <summary>What it shows to clients now; null without TLS.</summary>
    public Func<X509Certificate2>? Certificate { get; init; }

    /// <summary>How it is shown.</summary>
    /// <param name="opened">Where it does listen.</param>
    /// <param name="protocolSuffix">What follows <c>http</c> or <c>https</c> in the name of its protocol.</param>
    public ListenerSnapshot Describe(IPEndPoint opened, string protocolSuffix = "")
    {
        var isTls = Encrypt is not null;
        return new ListenerSnapshot((isTls ? "https" : "http") + protocolSuffix, opened.Address.ToString(), opened.Port, isTls)
        {
            Certificate = Certificate?.Invoke(),
        };
    }
}
