namespace HareMQ.Comparison;

/// <summary>Ends the program; the message is for the user.</summary>
internal sealed class ComparisonException(string message) : Exception(message);
