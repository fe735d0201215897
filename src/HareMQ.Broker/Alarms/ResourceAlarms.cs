namespace HareMQ.Broker.Alarms;

/// <summary>The alarms that are set. Read by every connection that publishes, once per read of its socket. Thread-safe.</summary>
internal sealed class ResourceAlarms
{
    private readonly Lock _changing = new();
    private volatile ResourceAlarm _current;

    /// <summary>Called after each change. Must be short; <see cref="Current"/> may have changed again meanwhile.</summary>
    public event Action? Changed;

    /// <summary>Called for each alarm that was set (true) or cleared. Must be short.</summary>
    public event Action<ResourceAlarm, bool>? Switched;

    public ResourceAlarm Current => _current;

    /// <summary>What connection.blocked says, in RabbitMQ's words.</summary>
    public static string Reason(ResourceAlarm alarms) => alarms switch
    {
        ResourceAlarm.Memory => "low on memory",
        ResourceAlarm.Disk => "low on disk",
        ResourceAlarm.Memory | ResourceAlarm.Disk => "low on memory & disk",
        _ => throw new ArgumentOutOfRangeException(nameof(alarms), alarms, "No alarm is set."),
    };

    /// <summary>Sets or clears one alarm.</summary>
    /// <returns>False: it was so already.</returns>
    public bool Set(ResourceAlarm alarm, bool on)
    {
        lock (_changing)
        {
            var next = on ? _current | alarm : _current & ~alarm;
            if (next == _current) return false;
            _current = next;
        }

        Changed?.Invoke();
        Switched?.Invoke(alarm, on);
        return true;
    }
}
