using System.Net;
using HareMQ.Broker.Clients;

namespace HareMQ.Amqp;

internal sealed partial class AmqpServer : IConnectionDirectory
{
    IReadOnlyList<ConnectionSnapshot> IConnectionDirectory.Connections =>
        [.. _connections.Values.Select(connection => connection.Snapshot())];

    int? IConnectionDirectory.ConnectionsMax => Options.ConnectionsMax;

    IReadOnlyList<ListenerSnapshot> IConnectionDirectory.Listeners =>
    [
        .. EndPoints.OfType<IPEndPoint>().Select(endPoint => new ListenerSnapshot("amqp", endPoint.Address.ToString(), endPoint.Port)),
        .. TlsEndPoints.OfType<IPEndPoint>().Select(
            endPoint => new ListenerSnapshot("amqp/ssl", endPoint.Address.ToString(), endPoint.Port, IsTls: true)
            {
                Certificate = Certificates?.Current().Server.TargetCertificate,
            }),
    ];

    bool IConnectionDirectory.Close(ConnectionSnapshot connection, string reason)
    {
        if (!_connections.TryGetValue(connection.Id, out var found)) return false;
        found.ForceClose(AmqpErrors.ClosedByManagement(reason));
        return true;
    }
}
