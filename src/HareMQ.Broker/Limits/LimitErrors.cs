using HareMQ.Broker.Definitions;
using HareMQ.Protocol;

namespace HareMQ.Broker.Limits;

/// <summary>Refusals for the sake of limits, worded as RabbitMQ words them.</summary>
internal static class LimitErrors
{
    public static ConnectionException VirtualHostConnections(string virtualHost, string user, long? limit) => new(
        ReplyCode.NotAllowed, $"access to vhost '{virtualHost}' refused for user '{user}': connection limit ({limit}) is reached");

    public static ConnectionException UserConnections(string user, long? limit) =>
        new(ReplyCode.NotAllowed, $"connection refused for user '{user}': user connection limit ({limit}) is reached");

    public static ConnectionException UserChannels(string user, long? limit) => new(
        ReplyCode.NotAllowed, $"number of channels opened for user '{user}' has reached the maximum allowed user limit of ({limit})");

    public static ChannelException Queues(string queue, string virtualHost, long? limit) => new(
        ReplyCode.PreconditionFailed, $"cannot declare queue '{queue}': queue limit in vhost '{virtualHost}' ({limit}) is reached");

    public static ChannelException NodeQueues(string queue, long? limit) =>
        new(ReplyCode.PreconditionFailed, $"cannot declare queue '{queue}': queue limit in cluster ({limit}) is reached");

    public static ChannelException NodeExchanges(string exchange, long? limit) =>
        new(ReplyCode.PreconditionFailed, $"cannot declare exchange '{exchange}': exchange limit of {limit} is reached");

    public static ConnectionException NodeChannels(long? limit) => new(
        ReplyCode.NotAllowed, $"number of channels opened on this node has reached the maximum allowed limit of ({limit})");

    public static InvalidDefinitionException VirtualHosts(string virtualHost, long? limit) =>
        new($"cannot create vhost '{virtualHost}': vhost limit of {limit} is reached");

    public static InvalidDefinitionException Unrecognised(string name, long? value, string where) =>
        new($"Unrecognised terms [{{<<\"{name}\">>,{value}}}] in {where}");
}
