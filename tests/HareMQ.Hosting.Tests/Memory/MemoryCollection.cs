namespace HareMQ.Hosting.Tests.Memory;

/// <summary>What is measured is the whole process', so these tests run alone, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "Memory";
}
