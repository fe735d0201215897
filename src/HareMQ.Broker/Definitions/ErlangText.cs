using System.Text;
using System.Text.Json;

namespace HareMQ.Broker.Definitions;

/// <summary>JSON values as RabbitMQ shows them in its messages, so that whoever matches those texts finds them here.</summary>
internal static class ErlangText
{
    /// <summary><c>[{&lt;&lt;"key"&gt;&gt;,1}]</c></summary>
    public static string Of(string key, JsonElement value) => $"[{{<<\"{key}\">>,{Of(value)}}}]";

    public static string Of(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                text.Append("<<\"").Append(value.GetString()).Append("\">>");
                break;
            case JsonValueKind.Array:
                AppendList(text, '[', value.EnumerateArray(), Append, ']');
                break;
            case JsonValueKind.Object:
                text.Append('#');
                AppendList(text, '{', value.EnumerateObject(), AppendPair, '}');
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void AppendPair(StringBuilder text, JsonProperty pair)
    {
        text.Append("<<\"").Append(pair.Name).Append("\">> => ");
        Append(text, pair.Value);
    }

    private static void AppendList<T>(StringBuilder text, char open, IEnumerable<T> items, Action<StringBuilder, T> append, char close)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst) text.Append(',');
            append(text, item);
            isFirst = false;
        }

        text.Append(close);
    }
}
