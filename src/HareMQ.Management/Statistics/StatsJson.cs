using System.Text.Json.Nodes;
using HareMQ.Broker.Statistics;

namespace HareMQ.Management.Statistics;

/// <summary>Numbers with their rates and samples, as the API shows them.</summary>
/// <param name="ages">How much of the past.</param>
/// <param name="nowMs">Milliseconds since the Unix epoch.</param>
/// <param name="hasRates">False: there is no past.</param>
internal sealed class StatsJson(Ages ages, long nowMs, bool hasRates)
{
    /// <summary>Shown together as soon as one of them has counted something.</summary>
    private static readonly string[][] s_groups =
    [
        ["publish", "confirm", "return_unroutable", "drop_unroutable"],
        ["deliver", "deliver_no_ack", "get", "get_no_ack", "get_empty", "deliver_get", "redeliver", "ack"],
        ["publish_in"],
        ["publish_out"],
    ];

    public void AddLengths(JsonObject target, Schema schema, Sampled thing, ReadOnlySpan<long> values)
    {
        for (var i = 0; i < schema.Lengths.Length; i++) Add(target, schema.Lengths[i], thing, i, values[i], ages.Lengths);
    }

    public void AddPlain(JsonObject target, Schema schema, Sampled thing, ReadOnlySpan<long> values, bool areData)
    {
        var start = schema.Lengths.Length + schema.Messages.Length;
        for (var i = 0; i < schema.Plain.Length; i++)
            Add(target, schema.Plain[i], thing, start + i, values[start + i], areData ? ages.DataRates : ages.MessageRates);
    }

    /// <summary>Null: nothing has happened yet.</summary>
    public JsonObject? Messages(Schema schema, Sampled thing, ReadOnlySpan<long> values, bool all = false)
    {
        if (!hasRates) return null;
        var start = schema.Lengths.Length;
        var stats = new JsonObject();
        foreach (var group in s_groups)
        {
            var isUsed = all;
            foreach (var name in group)
            {
                var index = Array.IndexOf(schema.Messages, name);
                isUsed |= index >= 0 && values[start + index] != 0;
            }

            if (!isUsed) continue;
            foreach (var name in group)
            {
                var index = Array.IndexOf(schema.Messages, name);
                if (index >= 0) Add(stats, name, thing, start + index, values[start + index], ages.MessageRates);
            }
        }

        return stats.Count > 0 ? stats : null;
    }

    private void Add(JsonObject target, string name, Sampled thing, int column, long value, Window? window)
    {
        target[name] = value;
        if (!hasRates) return;
        var series = thing.Series as Series;
        var details = new JsonObject { ["rate"] = series?.Rate(column) ?? 0.0 };
        if (window is { } wanted) AddSamples(details, series, column, value, wanted);
        target[$"{name}_details"] = details;
    }

    private void AddSamples(JsonObject details, Series? series, int column, long value, Window window)
    {
        var samples = new JsonArray();
        long sum = 0, newest = value, oldest = value;
        var ring = series?.RingFor(window.AgeMs);
        var lastIndex = ring?.Count - 1 ?? -1;
        for (var age = 0L; age <= window.AgeMs; age += window.IncrementMs)
        {
            var at = nowMs - age;
            while (ring is not null && lastIndex >= 0 && ring.TimeAt(lastIndex) > at) lastIndex--;
            // Before the first sample there was what the first sample shows, as far as anybody knows.
            var sample = ring is { Count: > 0 } ? ring.ValueAt(Math.Max(lastIndex, 0), column) : value;
            if (age == 0) newest = sample;
            oldest = sample;
            sum += sample;
            samples.Add((JsonNode)new JsonObject { ["sample"] = sample, ["timestamp"] = at });
        }

        var seconds = (samples.Count - 1) * window.IncrementMs / 1000.0;
        details["avg"] = Math.Round((double)sum / samples.Count, 3);
        details["avg_rate"] = seconds > 0 ? Math.Round((newest - oldest) / seconds, 3) : 0.0;
        details["samples"] = samples;
    }
}
