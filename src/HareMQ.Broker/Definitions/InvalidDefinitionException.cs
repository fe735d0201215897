namespace HareMQ.Broker.Definitions;

/// <summary>What an administrator asked for cannot be. The message is for him, in RabbitMQ's words where RabbitMQ has some.</summary>
internal sealed class InvalidDefinitionException(string message, Exception? cause = null) : ArgumentException(message, cause);
