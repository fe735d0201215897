namespace HareMQ.Perf;

/// <summary>Two counts that must be equal.</summary>
internal readonly record struct Check(string Name, long Actual, long Expected)
{
    public bool Holds => Actual == Expected;
}
