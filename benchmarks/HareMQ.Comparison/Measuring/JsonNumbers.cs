using System.Text.Json.Nodes;

namespace HareMQ.Comparison.Measuring;

internal static class JsonNumbers
{
    /// <param name="path">Names with dots between them. Null is returned if there is no such number.</param>
    public static double? Find(JsonObject report, string path)
    {
        JsonNode? node = report;
        foreach (var name in path.Split('.')) node = (node as JsonObject)?[name];
        return node?.GetValue<double>();
    }
}
