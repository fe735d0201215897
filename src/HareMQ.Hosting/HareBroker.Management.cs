using System.Net;
using System.Net.Sockets;
using HareMQ.Amqp;
using HareMQ.Broker;
using HareMQ.Management;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

public sealed partial class HareBroker
{
    /// <summary>Where the HTTP API is, for a client on this machine: <c>http://127.0.0.1:15672/</c>. Null: there is none.</summary>
    public Uri? ManagementUri
    {
        get
        {
            if (_management is null or { EndPoints.Count: 0 }) return null;
            var endPoint = _management.EndPoints[0];
            var isWildcard = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
            return new Uri($"http://{(isWildcard ? new IPEndPoint(IPAddress.Loopback, endPoint.Port) : endPoint)}/");
        }
    }

    /// <summary>For tests, which do not wait for the next sample of the statistics.</summary>
    internal ManagementServer? Management => _management;

    private static async Task<ManagementServer?> StartManagementAsync(
        HareBrokerOptions options, BrokerCore core, AmqpServer amqp, string directory, ILoggerFactory loggers)
    {
        var listener = options.EffectiveManagementListener;
        // The control socket's requests are answered by the same API.
        if (listener is null && options.Node is null) return null;
        var managementOptions = new ManagementOptions
        {
            Listeners = listener is null ? [] : [listener],
            NodeName = options.NodeName,
            ClusterName = options.EffectiveClusterName,
            ProductName = options.ProductName,
            ProductVersion = Version,
            DataDirectory = directory,
            ConfigurationFiles = options.ConfigurationFiles,
            AuthMechanisms = [.. options.AuthMechanisms],
        };
        try
        {
            return await ManagementServer.StartAsync(core, amqp, managementOptions, options.TimeProvider, loggers, options.Node);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new HareBrokerException($"cannot listen on {listener} for the HTTP API: {error.Message}", error);
        }
    }
}
