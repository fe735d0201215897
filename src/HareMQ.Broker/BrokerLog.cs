using Microsoft.Extensions.Logging;

namespace HareMQ.Broker;

/// <summary>What the core logs: ids 3xxx.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(3001, LogLevel.Critical, "Queue '{Queue}' in vhost '{VirtualHost}' stopped: it takes and delivers nothing until the broker is restarted")]
    public static partial void QueueFailed(ILogger logger, string virtualHost, string queue, Exception error);

    /// <summary>Said again and again by a queue that has stopped, whenever something is sent to it.</summary>
    public const int QueueFailedAgainId = 3002;

    /// <summary>Said by a feed of the broker about itself.</summary>
    public const int FeedOverflowedId = 3014;

    [LoggerMessage(QueueFailedAgainId, LogLevel.Debug, "Queue '{Queue}' in vhost '{VirtualHost}' failed again after it had stopped")]
    public static partial void QueueFailedAgain(ILogger logger, string virtualHost, string queue, Exception error);

    [LoggerMessage(3003, LogLevel.Error, "Queue '{Queue}' in vhost '{VirtualHost}' dropped a damaged message")]
    public static partial void MessageDamaged(ILogger logger, string virtualHost, string queue, Exception error);

    [LoggerMessage(3004, LogLevel.Debug, "Consumer '{ConsumerTag}' left queue '{Queue}' in vhost '{VirtualHost}'")]
    public static partial void ConsumerDetached(ILogger logger, string virtualHost, string queue, string consumerTag);

    [LoggerMessage(3009, LogLevel.Critical, "Queue '{Queue}' in vhost '{VirtualHost}' could not store messages: it refuses new ones until the broker is restarted, and delivers what it has")]
    public static partial void QueueRefusesMessages(ILogger logger, string virtualHost, string queue, Exception error);

    [LoggerMessage(3010, LogLevel.Warning, "Files of the deleted queue '{Queue}' in vhost '{VirtualHost}' could not be removed; the next start removes them")]
    public static partial void FilesLeft(ILogger logger, string virtualHost, string queue, Exception error);

    [LoggerMessage(3005, LogLevel.Warning, "Definition left out, it is not readable by this version: {Definition}")]
    public static partial void DefinitionSkipped(ILogger logger, string definition, Exception? error);

    [LoggerMessage(3006, LogLevel.Information, "Recovered vhost '{VirtualHost}': {Exchanges} exchanges, {Queues} queues, {Bindings} bindings, {Messages} messages")]
    public static partial void VirtualHostRecovered(ILogger logger, string virtualHost, int exchanges, int queues, int bindings, long messages);

    [LoggerMessage(3007, LogLevel.Information, "Created vhost '{VirtualHost}'")]
    public static partial void VirtualHostCreated(ILogger logger, string virtualHost);

    [LoggerMessage(3014, LogLevel.Information, "Vhost '{VirtualHost}' begins with a permission for user '{User}'")]
    public static partial void DefaultUserAdmitted(ILogger logger, string virtualHost, string user);

    [LoggerMessage(3008, LogLevel.Warning, "Removed {Count} message directories that no queue owns")]
    public static partial void OrphansRemoved(ILogger logger, int count);

    [LoggerMessage(3013, LogLevel.Error, "Queue '{Queue}' in vhost '{VirtualHost}' has arguments that this version refuses, and goes on without any: {Reason}")]
    public static partial void ArgumentsIgnored(ILogger logger, string queue, string virtualHost, string reason);

    [LoggerMessage(3011, LogLevel.Debug, "Queue '{Queue}' in vhost '{VirtualHost}' expired: nobody has used it")]
    public static partial void QueueExpired(ILogger logger, string virtualHost, string queue);

    [LoggerMessage(3012, LogLevel.Error, "What is left of the expired queue '{Queue}' in vhost '{VirtualHost}' could not be removed")]
    public static partial void ExpiredQueueNotRemoved(ILogger logger, string virtualHost, string queue, Exception error);

    [LoggerMessage(FeedOverflowedId, LogLevel.Warning,
        "Exchange '{Exchange}' in vhost '{VirtualHost}' has dropped {Count} messages of the broker: the queues bound to it are too slow")]
    public static partial void FeedOverflowed(ILogger logger, string exchange, string virtualHost, long count);

    [LoggerMessage(3020, LogLevel.Critical, "Delayed messages of exchange '{Exchange}' in vhost '{VirtualHost}' stopped: none is taken or delivered until the broker is restarted")]
    public static partial void DelaysFailed(ILogger logger, string virtualHost, string exchange, Exception error);

    [LoggerMessage(3021, LogLevel.Error, "Exchange '{Exchange}' in vhost '{VirtualHost}' dropped a damaged delayed message")]
    public static partial void DelayedMessageDamaged(ILogger logger, string virtualHost, string exchange, Exception error);

    [LoggerMessage(3022, LogLevel.Warning, "Files of delayed messages of exchange '{Exchange}' in vhost '{VirtualHost}' could not be removed; the next start removes them")]
    public static partial void DelayFilesLeft(ILogger logger, string virtualHost, string exchange, Exception error);
}
