using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Crash.Brokers;

/// <summary>Connections of the official client, without its recovery: what breaks must stay broken.</summary>
internal static class Client
{
    public static Task<IConnection> ConnectAsync(Uri uri, string name) =>
        new ConnectionFactory
        {
            Uri = uri,
            ClientProvidedName = name,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(30),
            ContinuationTimeout = TimeSpan.FromSeconds(30),
        }.CreateConnectionAsync();

    /// <summary>A channel that answers publishes with acks; who gets them counts for himself.</summary>
    public static Task<IChannel> OpenConfirmingChannelAsync(this IConnection connection) =>
        connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));

    /// <summary>A channel whose publishes end when they are confirmed, and throw when they are refused or returned.</summary>
    public static Task<IChannel> OpenTrackingChannelAsync(this IConnection connection) =>
        connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));

    /// <summary>What the client throws when its broker dies.</summary>
    public static bool IsLoss(Exception error) => error
        is OperationInterruptedException // AlreadyClosedException is one
        or OperationCanceledException
        or IOException
        or ObjectDisposedException
        or PublishException
        or BrokerUnreachableException
        or TimeoutException
        or System.Threading.Channels.ChannelClosedException // of the client's own queue of frames
        or System.Net.Sockets.SocketException;

    /// <summary>Lets a connection go that may be dead already.</summary>
    public static async Task AbandonAsync(this IConnection connection)
    {
        try
        {
            if (connection.IsOpen) await connection.CloseAsync();
            await connection.DisposeAsync();
        }
        catch (Exception error) when (IsLoss(error))
        {
            // It was to go.
        }
    }
}
