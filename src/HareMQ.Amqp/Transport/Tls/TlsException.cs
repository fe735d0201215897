namespace HareMQ.Amqp.Transport.Tls;

/// <summary>Certificates or keys cannot be used; the message names the file and says why, in one line.</summary>
internal sealed class TlsException(string message, Exception? cause = null) : Exception(message, cause);
