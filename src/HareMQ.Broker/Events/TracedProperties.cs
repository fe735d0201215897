using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Broker.Events;

/// <summary>A message's properties as a table, as RabbitMQ's firehose shows them: those that are set, by their names.</summary>
internal static class TracedProperties
{
    public static FieldTable ToTable(in BasicProperties properties)
    {
        var table = new FieldTableBuilder();
        AddText(table, "content_type", properties.Has(BasicPropertyFlags.ContentType), properties.ContentType);
        AddText(table, "content_encoding", properties.Has(BasicPropertyFlags.ContentEncoding), properties.ContentEncoding);
        if (properties.HasHeaders) table.Add("headers", Visible(properties.Headers));
        if (properties.Has(BasicPropertyFlags.DeliveryMode)) table.Add("delivery_mode", FieldValue.FromInt(properties.DeliveryMode));
        if (properties.Has(BasicPropertyFlags.Priority)) table.Add("priority", FieldValue.FromInt(properties.Priority));
        AddText(table, "correlation_id", properties.Has(BasicPropertyFlags.CorrelationId), properties.CorrelationId);
        AddText(table, "reply_to", properties.Has(BasicPropertyFlags.ReplyTo), properties.ReplyTo);
        AddText(table, "expiration", properties.Has(BasicPropertyFlags.Expiration), properties.Expiration);
        AddText(table, "message_id", properties.Has(BasicPropertyFlags.MessageId), properties.MessageId);
        // RabbitMQ has 32 bits here, which a time after 2038 does not fit in.
        if (properties.Has(BasicPropertyFlags.Timestamp)) table.Add("timestamp", Integer((long)properties.Timestamp));
        AddText(table, "type", properties.Has(BasicPropertyFlags.Type), properties.Type);
        AddText(table, "user_id", properties.Has(BasicPropertyFlags.UserId), properties.UserId);
        AddText(table, "app_id", properties.Has(BasicPropertyFlags.AppId), properties.AppId);
        AddText(table, "cluster_id", properties.Has(BasicPropertyFlags.ClusterId), properties.ClusterId);
        return table.ToTable();
    }

    private static void AddText(FieldTableBuilder table, string name, bool isSet, ReadOnlySpan<byte> utf8)
    {
        if (isSet) table.Add(name, Encoding.UTF8.GetString(utf8));
    }

    /// <summary>BCC is for nobody's eyes, not even here.</summary>
    private static FieldTable Visible(ReadOnlySpan<byte> headers)
    {
        var table = new FieldTableBuilder();
        foreach (var (name, value) in FieldTable.FromEncoded(headers))
            if (name != "BCC") table.Add(name, value);
        return table.ToTable();
    }

    private static FieldValue Integer(long value) =>
        value is >= int.MinValue and <= int.MaxValue ? FieldValue.FromInt((int)value) : FieldValue.FromLong(value);
}
