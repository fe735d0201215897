using HareMQ.Protocol;

namespace HareMQ.Broker.Deduplication;

internal static class DeduplicationErrors
{
    public static ChannelException Invalid(string argument, string expected, FieldValue received) => new(
        ReplyCode.PreconditionFailed, $"invalid arg '{argument}': expected {expected}, received '{received}' of type '{received.Type.Name()}'");

    public static ChannelException SizeMissing() => new(
        ReplyCode.PreconditionFailed,
        $"invalid arg '{DeduplicationArguments.CacheSize}': an exchange of type '{DeduplicationArguments.Enabled}' must say how many keys it remembers");
}
