using HareMQ.Protocol;

namespace HareMQ.Broker.Access;

/// <summary>Refusals, worded as RabbitMQ words them: clients and their tests match these texts.</summary>
internal static class AccessErrors
{
    public static ChannelException QueueRefused(AccessRight right, string queue, string vhost, string user) =>
        Refused($"{right.Word()} access to queue '{queue}' in vhost '{vhost}' refused for user '{user}'");

    public static ChannelException ExchangeRefused(AccessRight right, string exchange, string vhost, string user) =>
        Refused($"{right.Word()} access to exchange '{Authorizer.ResourceName(exchange)}' in vhost '{vhost}' refused for user '{user}'");

    public static ChannelException TopicRefused(AccessRight right, string routingKey, string exchange, string vhost, string user) =>
        Refused($"{right.Word()} access to topic '{routingKey}' in exchange '{exchange}' in vhost '{vhost}' refused for user '{user}'");

    /// <summary>For clients that announce the capability authentication_failure_close; others just see the socket close.</summary>
    public static ConnectionException LoginRefused(string mechanism) =>
        new(ReplyCode.AccessRefused,
            $"Login was refused using authentication mechanism {mechanism}. For details see the broker logfile.");

    public static ConnectionException SecretRefused() => new(ReplyCode.NotAllowed, "New secret was refused by one of the backends");

    public static ConnectionException VirtualHostNotFound(string vhost) => new(ReplyCode.NotAllowed, $"vhost {vhost} not found");

    public static ConnectionException VirtualHostRefused(string vhost, string user) =>
        new(ReplyCode.NotAllowed, $"access to vhost '{vhost}' refused for user '{user}'");

    private static ChannelException Refused(string text) => new(ReplyCode.AccessRefused, text);
}
