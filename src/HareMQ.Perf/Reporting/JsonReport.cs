using System.Text.Json;

namespace HareMQ.Perf;

/// <summary>The report as programs read it: one object on one line, times in microseconds.</summary>
internal static class JsonReport
{
    private const double NanosecondsPerMicrosecond = 1000;

    public static void Write(Report report, Stream output)
    {
        using (var json = new Utf8JsonWriter(output)) Write(report, json);
        output.Write("\n"u8);
    }

    private static void Write(Report report, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("scenario", report.Scenario);
        json.WriteString("setting", report.Setting);
        foreach (var figure in report.Figures) json.WriteNumber(figure.Name, Math.Round(figure.Value, 3));
        foreach (var latency in report.Latencies) Write(latency.Name, latency.Histogram, json);
        if (report.Steps.Count > 0) WriteSteps(report, json);
        json.WriteStartArray("checks");
        foreach (var check in report.Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteNumber("actual", check.Actual);
            json.WriteNumber("expected", check.Expected);
            json.WriteBoolean("ok", check.Holds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("reconciled", report.IsReconciled);
        json.WriteNumber("exit_code", (int)report.ExitCode);
        json.WriteEndObject();
    }

    private static void WriteSteps(Report report, Utf8JsonWriter json)
    {
        json.WriteStartArray("steps");
        foreach (var step in report.Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("target_rate", step.TargetRate);
            json.WriteNumber("publish_rate", Math.Round(step.PublishRate, 3));
            json.WriteNumber("consume_rate", Math.Round(step.ConsumeRate, 3));
            if (step.Latency.Count > 0) Write("latency", step.Latency, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(string name, Histogram histogram, Utf8JsonWriter json)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", histogram.Count);
        foreach (var (_, jsonName, percent) in Percentiles.All)
            json.WriteNumber($"{jsonName}_us", histogram.Percentile(percent) / NanosecondsPerMicrosecond);
        json.WriteNumber("max_us", histogram.Max / NanosecondsPerMicrosecond);
        json.WriteEndObject();
    }
}
