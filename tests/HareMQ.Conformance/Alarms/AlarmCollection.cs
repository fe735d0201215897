namespace HareMQ.Conformance.Alarms;

/// <summary>An alarm blocks every publisher of the broker, so these tests run alone, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AlarmCollection
{
    public const string Name = "Alarms";

    internal const long UsualDiskFreeLimit = 10_000_000;
    internal const long MoreThanAnyDisk = 1L << 60;
}
