using System.Net;
using System.Net.Sockets;

namespace HareMQ.Hosting;

/// <summary>What the server program's configuration adds up to, starting from the program's own defaults.</summary>
internal sealed class ServerSettings
{
    public const string DefaultDataDirectory = "haremq-data";

    public const int DefaultManagementPort = 15672;

    public const int DefaultPrometheusPort = 15692;

    /// <summary>Every interface: IPv6's wildcard takes IPv4 too, where the system has IPv6 at all.</summary>
    public static IPAddress EveryInterface => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    public HareBrokerOptions Broker { get; } = new()
    {
        Address = EveryInterface,
        DataDirectory = DefaultDataDirectory,
        ManagementPort = DefaultManagementPort,
        PrometheusPort = DefaultPrometheusPort,
    };

    public ConsoleLogOptions Log { get; } = new();

    /// <summary>False: the configuration says that there shall be no control socket.</summary>
    public bool ControlSocketEnabled { get; set; } = true;

    /// <summary>Null: <see cref="ControlSocketPath.FileName"/> in the data directory.</summary>
    public string? ControlSocket { get; set; }

    /// <summary>False while the mechanisms are the default ones, which the first configured one replaces.</summary>
    public bool AuthMechanismsConfigured { get; set; }
}
