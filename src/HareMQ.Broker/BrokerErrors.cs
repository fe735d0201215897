using HareMQ.Protocol;

namespace HareMQ.Broker;

/// <summary>The core's errors about queues and virtual hosts, with RabbitMQ's codes and wording, in one place.</summary>
internal static class BrokerErrors
{
    public static ChannelException QueueNotFound(string queue, string virtualHost) =>
        new(ReplyCode.NotFound, $"no queue '{queue}' in vhost '{virtualHost}'");

    public static ChannelException NoPreviousQueue() => new(ReplyCode.NotFound, "no previously declared queue");

    /// <summary>The queue's files failed; RabbitMQ answers so for a queue whose home node is down.</summary>
    public static ChannelException QueueUnavailable(string queue, string virtualHost) =>
        new(ReplyCode.NotFound, $"home node of durable queue '{queue}' in vhost '{virtualHost}' is down or inaccessible");

    public static ChannelException QueueInExclusiveUse(string queue, string virtualHost) =>
        new(ReplyCode.AccessRefused, $"queue '{queue}' in vhost '{virtualHost}' in exclusive use");

    public static ChannelException QueueLocked(string queue, string virtualHost) => new(
        ReplyCode.ResourceLocked,
        $"cannot obtain exclusive access to locked queue '{queue}' in vhost '{virtualHost}'. It could be originally declared on another "
        + "connection or the exclusive property value does not match that of the original declaration.");

    public static ChannelException QueueInUse(string queue, string virtualHost) =>
        new(ReplyCode.PreconditionFailed, $"queue '{queue}' in vhost '{virtualHost}' in use");

    public static ChannelException QueueNotEmpty(string queue, string virtualHost) =>
        new(ReplyCode.PreconditionFailed, $"queue '{queue}' in vhost '{virtualHost}' not empty");

    public static ChannelException ReservedQueueName(string queue) =>
        new(ReplyCode.AccessRefused, $"queue name '{queue}' contains reserved prefix 'amq.*'");

    public static ChannelException InequivalentQueueFlag(string flag, string queue, string virtualHost, bool received, bool current) => new(
        ReplyCode.PreconditionFailed,
        $"inequivalent arg '{flag}' for queue '{queue}' in vhost '{virtualHost}': received '{Text(received)}' but current is '{Text(current)}'");

    public static ChannelException InequivalentQueueArgument(string argument, string queue, string virtualHost, string difference) => new(
        ReplyCode.PreconditionFailed, $"inequivalent arg '{argument}' for queue '{queue}' in vhost '{virtualHost}': {difference}");

    public static ChannelException InvalidQueueArgument(string argument, string queue, string virtualHost, string reason) => new(
        ReplyCode.PreconditionFailed, $"invalid arg '{argument}' for queue '{queue}' in vhost '{virtualHost}': {reason}");

    public static ChannelException InvalidQueueArgumentType(string argument, string queue, string virtualHost, FieldType type) => new(
        ReplyCode.PreconditionFailed, $"invalid type '{type.Name()}' for arg '{argument}' in queue '{queue}' in vhost '{virtualHost}'");

    public static ChannelException InvalidQueueProperty(string property, string queue, string virtualHost) =>
        new(ReplyCode.PreconditionFailed, $"invalid property '{property}' for queue '{queue}' in vhost '{virtualHost}'");

    public static ChannelException ServerNamedQuorumQueue() =>
        new(ReplyCode.PreconditionFailed, "Cannot declare a server-named queue for type rabbit_quorum_queue");

    private static string Text(bool value) => value ? "true" : "false";
}
