namespace HareMQ.Comparison.Rows;

/// <summary>One load or procedure that every broker goes through.</summary>
internal abstract record Row(string Name, IReadOnlyList<Metric> Metrics);
