using System.CommandLine;

namespace HareMQ.Perf;

/// <summary>Options under one heading of the help.</summary>
internal sealed record OptionGroup(string Title, IReadOnlyList<Option> Options);
