namespace HareMQ.Simulation.Model;

/// <summary>The broker did what it must never do.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
