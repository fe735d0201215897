using System.Text;

namespace HareMQ.Conformance.Harness;

/// <summary>One delivered message with its body copied: the client's buffer is only valid inside the handler.</summary>
public sealed record Delivery(
    string ConsumerTag, ulong DeliveryTag, bool Redelivered, string Exchange, string RoutingKey, IReadOnlyBasicProperties Properties,
    byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
