using HareMQ.Protocol;

namespace HareMQ.Fuzz.Targets;

/// <summary>Reads everything that properties offer: whatever the one pass over them accepted, no accessor may fail.</summary>
internal static class PropertyReads
{
    public static int All(BasicProperties properties) =>
        properties.ContentType.Length + properties.ContentEncoding.Length + properties.Headers.Length + properties.DeliveryMode
        + properties.Priority + properties.CorrelationId.Length + properties.ReplyTo.Length + properties.Expiration.Length
        + properties.MessageId.Length + (int)properties.Timestamp + properties.Type.Length + properties.UserId.Length
        + properties.AppId.Length + properties.ClusterId.Length;
}
