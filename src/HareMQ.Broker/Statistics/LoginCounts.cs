namespace HareMQ.Broker.Statistics;

/// <summary>Logins that were tried over one protocol. Any thread.</summary>
internal sealed class LoginCounts
{
    private long _succeeded;
    private long _failed;

    public long Succeeded => Volatile.Read(ref _succeeded);

    public long Failed => Volatile.Read(ref _failed);

    public void Count(bool succeeded) => Interlocked.Increment(ref succeeded ? ref _succeeded : ref _failed);
}
