namespace HareMQ.Management.Metrics;

/// <summary>A number that things of one kind have: its name and meaning in RabbitMQ's Prometheus plugin.</summary>
/// <param name="Name">Without the prefix, which depends on where it is asked for.</param>
/// <param name="Type">As Prometheus calls it: <c>counter</c>, <c>gauge</c>, <c>untyped</c>.</param>
/// <param name="Help">The plugin's words.</param>
/// <param name="Read">The number as it is now.</param>
internal sealed record MetricFamily<T>(string Name, string Type, string Help, Func<T, double> Read)
{
    public static MetricFamily<T> Gauge(string name, string help, Func<T, double> read) => new(name, "gauge", help, read);

    public static MetricFamily<T> Counter(string name, string help, Func<T, double> read) => new(name, "counter", help, read);

    public static MetricFamily<T> Untyped(string name, string help, Func<T, double> read) => new(name, "untyped", help, read);
}

/// <summary>Families that <c>/metrics/detailed</c> gives together.</summary>
/// <param name="Name">What its parameter <c>family</c> is.</param>
/// <param name="Families">What it gives.</param>
internal sealed record MetricGroup<T>(string Name, MetricFamily<T>[] Families);
