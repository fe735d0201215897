namespace HareMQ.Broker.Statistics;

/// <summary>How often connections, channels and queues have come and gone since the broker started. Any thread.</summary>
internal sealed class ChurnCounts : Sampled
{
    private long _connectionsCreated;
    private long _connectionsClosed;
    private long _channelsCreated;
    private long _channelsClosed;
    private long _queuesDeclared;
    private long _queuesCreated;
    private long _queuesDeleted;

    public long ConnectionsCreated => Volatile.Read(ref _connectionsCreated);

    public long ConnectionsClosed => Volatile.Read(ref _connectionsClosed);

    public long ChannelsCreated => Volatile.Read(ref _channelsCreated);

    public long ChannelsClosed => Volatile.Read(ref _channelsClosed);

    /// <summary>Declarations of queues that were there already included.</summary>
    public long QueuesDeclared => Volatile.Read(ref _queuesDeclared);

    public long QueuesCreated => Volatile.Read(ref _queuesCreated);

    public long QueuesDeleted => Volatile.Read(ref _queuesDeleted);

    public void ConnectionCreated() => Interlocked.Increment(ref _connectionsCreated);

    public void ConnectionClosed() => Interlocked.Increment(ref _connectionsClosed);

    public void ChannelCreated() => Interlocked.Increment(ref _channelsCreated);

    public void ChannelClosed() => Interlocked.Increment(ref _channelsClosed);

    public void QueueDeclared() => Interlocked.Increment(ref _queuesDeclared);

    public void QueueCreated() => Interlocked.Increment(ref _queuesCreated);

    public void QueueDeleted() => Interlocked.Increment(ref _queuesDeleted);
}
