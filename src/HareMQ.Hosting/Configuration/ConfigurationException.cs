namespace HareMQ.Hosting;

/// <summary>A configuration that cannot be used. The message is one line for the operator: where, which key, what was expected.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);
