using System.Text.Json.Nodes;
using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Measuring;

namespace HareMQ.Comparison.Rows;

/// <summary>A procedure that starts brokers of its own, once: memory and restarts hardly vary.</summary>
internal sealed record FreshRow(string Name, Func<BrokerSource, Hareperf, JsonObject> Procedure, params IReadOnlyList<Metric> Metrics)
    : Row(Name, Metrics);
