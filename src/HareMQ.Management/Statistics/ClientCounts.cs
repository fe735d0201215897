using HareMQ.Broker.Clients;
using HareMQ.Broker.Statistics;

namespace HareMQ.Management.Statistics;

/// <summary>What the connections of now have counted in a virtual host.</summary>
internal sealed class ClientCounts
{
    public MessageCounts Messages { get; } = new();

    public long ReceivedBytes { get; private set; }

    public long SentBytes { get; private set; }

    public void Add(ConnectionSnapshot connection)
    {
        foreach (var channel in connection.Channels) Messages.Add(channel.Messages);
        ReceivedBytes += Volatile.Read(ref connection.Traffic.ReceivedBytes);
        SentBytes += Volatile.Read(ref connection.Traffic.SentBytes);
    }
}
