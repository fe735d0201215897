using HareMQ.Broker.Clients;

namespace HareMQ.Management.Metrics;

/// <summary>What connections have. A packet is a call to the system that received or sent something.</summary>
internal static class ConnectionMetrics
{
    public static readonly MetricGroup<ConnectionSnapshot> Traffic = new("connection_coarse_metrics",
    [
        Counter("connection_incoming_bytes_total", "Total number of bytes received on a connection",
            connection => connection.Traffic.ReceivedBytes),
        Counter("connection_outgoing_bytes_total", "Total number of bytes sent on a connection",
            connection => connection.Traffic.SentBytes),
    ]);

    public static readonly MetricGroup<ConnectionSnapshot> State = new("connection_metrics",
    [
        Counter("connection_incoming_packets_total", "Total number of packets received on a connection",
            connection => connection.Traffic.Receives),
        Counter("connection_outgoing_packets_total", "Total number of packets sent on a connection",
            connection => connection.Traffic.Sends),
        MetricFamily<ConnectionSnapshot>.Gauge("connection_channels", "Channels on a connection",
            connection => connection.Channels.Count),
    ]);

    private static MetricFamily<ConnectionSnapshot> Counter(string name, string help, Func<ConnectionSnapshot, double> read) =>
        MetricFamily<ConnectionSnapshot>.Counter(name, help, read);
}
