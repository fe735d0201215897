namespace HareMQ.Hosting;

/// <summary>What a publisher confirm of a persistent message in a durable queue stands for.</summary>
public enum HareDurability
{
    /// <summary>The bytes are on stable storage (fsync, many messages per sync). Survives <c>kill -9</c> and a power cut.</summary>
    Fsync = 0,

    /// <summary>The bytes were handed to the operating system. Survives <c>kill -9</c>, not a power cut or a kernel crash.</summary>
    Os = 1,
}
