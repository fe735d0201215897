using System.Net.Sockets;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Management.Definitions;
using HareMQ.OAuth2;
using HareMQ.Storage;

namespace HareMQ.Hosting;

/// <summary>The broker could not start. The message says in one line what is in the way and where.</summary>
public sealed class HareBrokerException : Exception
{
    internal HareBrokerException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Null: not something an operator could mend, so it is thrown as it is.</summary>
    internal static HareBrokerException? Explain(Exception error, HareBrokerOptions options, string directory) => error switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            new HareBrokerException($"cannot listen on {Listeners(options)}: the port is in use by another program", error),
        SocketException => new HareBrokerException($"cannot listen on {Listeners(options)}: {error.Message}", error),
        TlsException or OAuth2Exception or BootDefinitionsException or StoreLockedException or StorageException => new HareBrokerException(error.Message, error),
        UnauthorizedAccessException or IOException =>
            new HareBrokerException($"cannot use the data directory {directory}: {error.Message}", error),
        _ => null,
    };

    private static string Listeners(HareBrokerOptions options) => string.Join(", ", options.EffectiveListeners.Concat(options.TlsListeners));
}
