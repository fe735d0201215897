namespace HareMQ.Broker.Statistics;

/// <summary>Bytes and system calls of a connection. Received ones belong to its read loop, sent ones to its writer.</summary>
internal sealed class TrafficCounts : Sampled
{
    public long ReceivedBytes;
    public long Receives;
    public long SentBytes;
    public long Sends;
}
