namespace HareMQ.Broker.Statistics;

/// <summary>What connections that are gone have received and sent in a virtual host. Any thread; touched when a connection ends.</summary>
internal sealed class PastTraffic
{
    private long _receivedBytes;
    private long _sentBytes;

    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    public long SentBytes => Volatile.Read(ref _sentBytes);

    public void Add(TrafficCounts counts)
    {
        Interlocked.Add(ref _receivedBytes, Volatile.Read(ref counts.ReceivedBytes));
        Interlocked.Add(ref _sentBytes, Volatile.Read(ref counts.SentBytes));
    }
}
