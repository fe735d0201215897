namespace HareMQ.Broker.Alarms;

/// <summary>What the broker is short of. While any of it is set, connections that publish are not read.</summary>
[Flags]
internal enum ResourceAlarm
{
    None = 0,
    Memory = 1,
    Disk = 2,
}
