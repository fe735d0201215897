namespace HareMQ.Conformance.Alarms;

/// <summary>An alarm blocks every publisher of the broker, so these tests run alone, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AlarmCollection
{
    public const string Name = "Alarms";
}
