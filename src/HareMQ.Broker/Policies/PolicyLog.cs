using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Policies;

/// <summary>What is logged about policies: ids 31xx.</summary>
internal static partial class PolicyLog
{
    [LoggerMessage(3101, LogLevel.Information, "Set {Kind} policy '{Policy}' in vhost '{VirtualHost}': pattern '{Pattern}', apply-to {ApplyTo}, priority {Priority}")]
    public static partial void Put(
        ILogger logger, string kind, string policy, string virtualHost, string pattern, string applyTo, int priority);

    [LoggerMessage(3102, LogLevel.Information, "Deleted {Kind} policy '{Policy}' in vhost '{VirtualHost}'")]
    public static partial void Deleted(ILogger logger, string kind, string policy, string virtualHost);

    [LoggerMessage(3103, LogLevel.Warning, "Policy '{Policy}' in vhost '{VirtualHost}': {Key} is accepted and has no effect, there are no mirrored queues")]
    public static partial void MirroringIgnored(ILogger logger, string policy, string virtualHost, string key);

    [LoggerMessage(3104, LogLevel.Error, "Policy '{Policy}' in vhost '{VirtualHost}' has no effect, this version refuses it: {Reason}")]
    public static partial void Refused(ILogger logger, string policy, string virtualHost, string reason);

    [LoggerMessage(3105, LogLevel.Warning, "Policy '{Policy}' in vhost '{VirtualHost}': matching '{Name}' with pattern '{Pattern}' took too long and counts as no match")]
    public static partial void PatternTimedOut(ILogger logger, string policy, string virtualHost, string pattern, string name);
}
