using System.Text;
using HareMQ.Broker.Alarms;

namespace HareMQ.Broker.Events;

/// <summary>
/// What happens in the broker, for the exchange <c>amq.rabbitmq.event</c>: RabbitMQ's routing keys and headers. Callers look at
/// <see cref="AreWanted"/> first, so that nothing is put together for nobody.
/// </summary>
/// <remarks>May be called under any lock: that keeps events in the order of what they tell.</remarks>
internal sealed partial class BrokerEvents(string nodeName, TimeProvider time, Func<BrokerFeed?> findFeed)
{
    public const string ExchangeName = "amq.rabbitmq.event";

    /// <summary>So that names of connections and channels mean one thing only, over restarts too.</summary>
    private readonly long _startedAtSeconds = time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>For a broker that has no such exchange.</summary>
    public static BrokerEvents None { get; } = new("", TimeProvider.System, () => null) { AreOn = false };

    /// <summary>There is such an exchange.</summary>
    public bool AreOn { get; init; } = true;

    /// <summary>Somebody has bound a queue to it.</summary>
    public bool AreWanted => AreOn && findFeed() is { IsWanted: true };

    public void AlarmChanged(ResourceAlarm alarm, bool isSet) => Raise(
        isSet ? "alarm.set" : "alarm.cleared",
        new EventHeaders().Add("source", alarm == ResourceAlarm.Memory ? "memory" : "disk").Add("node", nodeName));

    private void Raise(string key, EventHeaders headers)
    {
        if (findFeed() is not { } feed) return;
        feed.Publish(Encoding.UTF8.GetBytes(key), headers.ToProperties(time.GetUtcNow().ToUnixTimeMilliseconds()), body: default);
    }

    private void RaiseByUser(string key, EventHeaders headers) => Raise(key, headers.AddActingUser());
}
