namespace HareMQ.Perf;

internal readonly record struct Binding(string Queue, string Key);
