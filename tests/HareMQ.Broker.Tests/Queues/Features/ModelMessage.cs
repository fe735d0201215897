using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues.Features;

/// <summary>A message in the <see cref="FeatureModel"/>.</summary>
internal sealed class ModelMessage
{
    private static long s_order;

    public required ulong Id { get; init; }

    public required bool Persistent { get; init; }

    public required int BodyBytes { get; init; }

    public required byte Priority { get; init; }

    public required long TimestampMs { get; init; }

    public long? ExpiresAtMs { get; init; }

    /// <summary>Its place in the queue.</summary>
    public long Order { get; } = Interlocked.Increment(ref s_order);

    /// <summary>The latest first; all of them in one queue.</summary>
    public List<(string Reason, long Count)> Deaths { get; private init; } = [];

    public string? FirstDeath { get; private set; }

    public bool IsOut { get; private set; }

    public Consumer? Holder { get; private set; }

    /// <summary>The last one.</summary>
    public Delivery Delivery { get; set; }

    /// <summary>In this life of the broker.</summary>
    public int Deliveries { get; private set; }

    public bool WasDelivered { get; private set; }

    /// <summary>A broker has found it on disk.</summary>
    public bool IsRecovered { get; private set; }

    public void HandOut(Consumer? consumer)
    {
        IsOut = true;
        Holder = consumer;
        Deliveries++;
        WasDelivered = true;
    }

    public void Release()
    {
        IsOut = false;
        Holder = null;
    }

    public void Recover()
    {
        Release();
        Deliveries = 0;
        IsRecovered = true;
    }

    public void AddDeath(string reason)
    {
        var count = Deaths.Find(death => death.Reason == reason).Count;
        Deaths.RemoveAll(death => death.Reason == reason);
        Deaths.Insert(0, (reason, count + 1));
        FirstDeath ??= reason;
    }

    /// <summary>A dead letter: a new message, without the time to live that its publisher gave it.</summary>
    public ModelMessage Reborn(long nowMs) => new()
    {
        Id = Id, Persistent = Persistent, BodyBytes = BodyBytes, Priority = Priority, TimestampMs = nowMs,
        Deaths = Deaths, FirstDeath = FirstDeath,
    };

    public override string ToString() => $"message {Id}";
}
