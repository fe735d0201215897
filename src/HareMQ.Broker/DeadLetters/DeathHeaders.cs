using System.Text;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.DeadLetters;

/// <summary>One entry of x-death, as far as routing is concerned.</summary>
internal readonly record struct Death(string Queue, string Reason);

/// <summary>The properties of a dead message: x-death and its relatives, in RabbitMQ's form.</summary>
internal static class DeathHeaders
{
    private const string Deaths = "x-death";
    private const string Count = "count";
    private const string Queue = "queue";
    private const string Reason = "reason";

    /// <summary>Adds one death to the account that the message carries.</summary>
    /// <param name="record">The message as it lay in its queue.</param>
    /// <param name="queue">That queue.</param>
    /// <param name="reason">Why it died.</param>
    /// <param name="nowSeconds">Since the Unix epoch.</param>
    /// <param name="losesKeys">The dead letter key replaces the message's: its CC header goes.</param>
    /// <param name="deaths">All its deaths, the latest first.</param>
    /// <returns>The new properties, encoded.</returns>
    public static byte[] Add(
        in RecordView record, string queue, DeathReason reason, long nowSeconds, bool losesKeys, out IReadOnlyList<Death> deaths)
    {
        var properties = BasicProperties.Read(record.Properties);
        var headers = properties.HasHeaders ? FieldTable.FromEncoded(properties.Headers) : FieldTable.Empty;
        // What a publisher put there himself is not the broker's account.
        var diedBefore = (record.Flags & RecordFlags.Dead) != 0;
        var former = diedBefore ? Read(headers) : [];
        var exchange = Encoding.UTF8.GetString(record.Exchange);
        var same = former.FindIndex(entry => Text(entry, Queue) == queue && Text(entry, Reason) == reason.Text());
        FieldTable latest;
        if (same < 0)
        {
            latest = Create(record, properties, headers, queue, reason, exchange, nowSeconds);
        }
        else
        {
            latest = CountOnceMore(former[same]);
            former.RemoveAt(same);
        }

        former.Insert(0, latest);
        deaths = former.ConvertAll(entry => new Death(Text(entry, Queue), Text(entry, Reason)));

        var builder = new BasicPropertiesBuilder(record.Properties).RemoveExpiration();
        builder.SetHeader(Deaths, FieldValue.FromArray([.. former.Select(FieldValue.FromTable)]));
        if (!diedBefore) Name(builder, "x-first-death", queue, reason, exchange);
        Name(builder, "x-last-death", queue, reason, exchange);
        if (losesKeys) builder.RemoveHeader("CC");
        return builder.ToEncoded();
    }

    private static List<FieldTable> Read(FieldTable headers)
    {
        if (!headers.TryGet(Deaths, out var deaths) || deaths.Type != FieldType.Array) return [];
        return [.. deaths.AsArray().Where(entry => entry.Type == FieldType.Table).Select(entry => entry.AsTable())];
    }

    // Sorted by name, as all tables that the broker writes.
    private static FieldTable Create(
        in RecordView record,
        BasicProperties properties,
        FieldTable headers,
        string queue,
        DeathReason reason,
        string exchange,
        long nowSeconds)
    {
        var key = FieldValue.FromString(Encoding.UTF8.GetString(record.RoutingKey));
        var entry = new FieldTableBuilder().Add(Count, 1).Add("exchange", exchange);
        if (properties.Has(BasicPropertyFlags.Expiration)) entry.Add("original-expiration", Encoding.UTF8.GetString(properties.Expiration));
        return entry
            .Add(Queue, queue)
            .Add(Reason, reason.Text())
            .Add("routing-keys", FieldValue.FromArray([key, .. CopyKeys(headers)]))
            .Add("time", FieldValue.FromTimestamp(nowSeconds))
            .ToTable();
    }

    /// <summary>BCC was taken off when the message was published.</summary>
    private static IEnumerable<FieldValue> CopyKeys(FieldTable headers) =>
        headers.TryGet("CC", out var keys) && keys.Type == FieldType.Array
            ? keys.AsArray().Where(key => key.Type == FieldType.LongString)
            : [];

    private static FieldTable CountOnceMore(FieldTable entry)
    {
        var counted = new FieldTableBuilder();
        foreach (var (name, value) in entry)
            counted.Add(name, name == Count && value.TryGetInteger(out var count) ? FieldValue.FromLong(count + 1) : value);
        return counted.ToTable();
    }

    private static void Name(BasicPropertiesBuilder builder, string prefix, string queue, DeathReason reason, string exchange)
    {
        builder.SetHeader($"{prefix}-exchange", FieldValue.FromString(exchange));
        builder.SetHeader($"{prefix}-queue", FieldValue.FromString(queue));
        builder.SetHeader($"{prefix}-reason", FieldValue.FromString(reason.Text()));
    }

    private static string Text(FieldTable entry, string name) =>
        entry.TryGet(name, out var value) && value.TryGetString(out var text) ? text : "";
}
