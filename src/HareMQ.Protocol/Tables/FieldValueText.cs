using System.Globalization;
using System.Numerics;
using System.Text;

namespace HareMQ.Protocol;

/// <summary>
/// Prints values as RabbitMQ's reply texts do. Nested tables and arrays follow the look of Erlang terms, which people search logs for.
/// </summary>
internal static class FieldValueText
{
    public static string Format(FieldValue value)
    {
        if (value.TryGetString(out var text)) return text;
        var builder = new StringBuilder();
        Append(builder, value);
        return builder.ToString();
    }

    /// <summary><c>{&lt;&lt;"x-max-length"&gt;&gt;,signedint,10}</c></summary>
    public static string FormatEntry(string name, FieldValue value)
    {
        var builder = new StringBuilder();
        AppendEntry(builder, name, value);
        return builder.ToString();
    }

    private static void Append(StringBuilder builder, FieldValue value)
    {
        if (value.TryGetInteger(out var number) || value.TryGetTimestamp(out number))
            builder.Append(CultureInfo.InvariantCulture, $"{number}");
        else if (value.TryGetBoolean(out var boolean)) builder.Append(boolean ? "true" : "false");
        else if (value.TryGetDouble(out var real)) builder.Append(CultureInfo.InvariantCulture, $"{real}");
        else if (value.TryGetDecimal(out var scale, out var unscaled)) AppendDecimal(builder, scale, unscaled);
        else if (value.Type is FieldType.LongString or FieldType.ByteArray)
            builder.Append("<<\"").Append(Encoding.UTF8.GetString(value.AsBytes.Span)).Append("\">>");
        else if (value.Type == FieldType.Table) AppendTable(builder, value.AsTable());
        else if (value.Type == FieldType.Array) AppendArray(builder, value.AsArray());
        else builder.Append("undefined");
    }

    private static void AppendDecimal(StringBuilder builder, byte scale, uint unscaled)
    {
        var (whole, fraction) = BigInteger.DivRem(unscaled, BigInteger.Pow(10, scale));
        builder.Append(CultureInfo.InvariantCulture, $"{whole}");
        if (scale > 0) builder.Append('.').Append(fraction.ToString(CultureInfo.InvariantCulture).PadLeft(scale, '0'));
    }

    private static void AppendTable(StringBuilder builder, FieldTable table)
    {
        builder.Append('[');
        var separator = "";
        foreach (var (name, value) in table)
        {
            builder.Append(separator);
            AppendEntry(builder, name, value);
            separator = ",";
        }

        builder.Append(']');
    }

    private static void AppendEntry(StringBuilder builder, string name, FieldValue value)
    {
        builder.Append("{<<\"").Append(name).Append("\">>,").Append(value.Type.Name()).Append(',');
        Append(builder, value);
        builder.Append('}');
    }

    private static void AppendArray(StringBuilder builder, FieldValue[] elements)
    {
        builder.Append('[');
        var separator = "";
        foreach (var element in elements)
        {
            builder.Append(separator).Append('{').Append(element.Type.Name()).Append(',');
            Append(builder, element);
            builder.Append('}');
            separator = ",";
        }

        builder.Append(']');
    }
}
