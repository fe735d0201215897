namespace HareMQ.Perf;

/// <summary>One number of a report.</summary>
/// <param name="Name">As JSON has it: lower case with underscores, the unit last.</param>
internal readonly record struct Figure(string Name, double Value);
