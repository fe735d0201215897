using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>Values as RabbitMQ's tables show them: plain words, and Erlang's syntax for what has parts.</summary>
internal static class CellText
{
    public static string Of(JsonNode? value) => value switch
    {
        null => "",
        JsonArray or JsonObject => Term(value),
        _ when value.GetValueKind() == JsonValueKind.String => Escaped(value.GetValue<string>()),
        _ => Term(value),
    };

    /// <summary>A list of words without quotes: <c>[administrator, monitoring]</c>.</summary>
    public static string Symbols(JsonNode? value) => $"[{string.Join(", ", value is JsonArray array ? array.Select(Of) : [])}]";

    /// <summary>Inside a list: texts with quotes.</summary>
    public static string Term(JsonNode? value) => value switch
    {
        null => "undefined",
        JsonArray array => $"[{string.Join(',', array.Select(Term))}]",
        JsonObject inner => $"[{string.Join(',', inner.Select(pair => $"{{{Quoted(pair.Key)},{Term(pair.Value)}}}"))}]",
        _ when value.GetValueKind() == JsonValueKind.String => Quoted(value.GetValue<string>()),
        _ => Json.Text(value),
    };

    /// <summary>As Erlang's shell writes it: texts are binaries.</summary>
    public static string Erlang(JsonNode? value) => value switch
    {
        null => "undefined",
        JsonArray array => $"[{string.Join(',', array.Select(Erlang))}]",
        JsonObject inner => $"[{string.Join(',', inner.Select(pair => $"{{{Quoted(pair.Key)},{Erlang(pair.Value)}}}"))}]",
        _ when value.GetValueKind() == JsonValueKind.String => $"<<{Quoted(value.GetValue<string>())}>>",
        _ => Json.Text(value),
    };

    private static string Quoted(string text) => $"\"{Escaped(text).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A cell is one line without a tab, whatever a client called its queue.</summary>
    private static string Escaped(string text)
    {
        if (!text.Any(c => char.IsControl(c) || c == '\\')) return text;
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => escaped.Append("\\\\"),
                '\t' => escaped.Append("\\t"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                _ when char.IsControl(c) => escaped.Append('\\').Append(Convert.ToString(c, 8).PadLeft(3, '0')),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A double as RabbitMQ prints it: as few digits as say it, but always a point.</summary>
    public static string Decimal(double value, int digits)
    {
        var rounded = Math.Round(value, digits);
        var text = rounded.ToString("0." + new string('#', digits), CultureInfo.InvariantCulture);
        return text.Contains('.') ? text : text + ".0";
    }
}
