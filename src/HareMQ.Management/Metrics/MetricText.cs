using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace HareMQ.Management.Metrics;

/// <summary>Writes Prometheus' text format. What is written waits until <see cref="FlushIfFullAsync"/> finds it is enough.</summary>
internal sealed class MetricText(PipeWriter output, CancellationToken cancellation)
{
    /// <summary>However many queues there are, this much text is in memory.</summary>
    private const int FlushBytes = 64 * 1024;

    private const int NumberBytesMax = 32;

    private int _unflushedBytes;
    private bool _hasLabels;

    public void BeginFamily(string name, string type, string help)
    {
        Raw("# TYPE ");
        Raw(name);
        Raw(" ");
        Raw(type);
        Raw("\n# HELP ");
        Raw(name);
        Raw(" ");
        Raw(help);
        Raw("\n");
    }

    /// <summary>Starts a line; labels and <see cref="EndSample"/> follow.</summary>
    public void BeginSample(string name)
    {
        Raw(name);
        _hasLabels = false;
    }

    public void Label(string name, string value)
    {
        Raw(_hasLabels ? "," : "{");
        _hasLabels = true;
        Raw(name);
        Raw("=\"");
        Raw(value.AsSpan().ContainsAny("\\\"\n") ? Escape(value) : value);
        Raw("\"");
    }

    public void EndSample(double value)
    {
        Raw(_hasLabels ? "} " : " ");
        var span = output.GetSpan(NumberBytesMax);
        value.TryFormat(span, out var bytes, default, CultureInfo.InvariantCulture);
        span[bytes++] = (byte)'\n';
        Advance(bytes);
    }

    public void Sample(string name, double value)
    {
        BeginSample(name);
        EndSample(value);
    }

    /// <summary>To be awaited between lines: a reader that is slow stops the writer here.</summary>
    public ValueTask FlushIfFullAsync() => _unflushedBytes < FlushBytes ? ValueTask.CompletedTask : FlushAsync();

    public async ValueTask FlushAsync()
    {
        _unflushedBytes = 0;
        await output.FlushAsync(cancellation);
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private void Raw(string text) => Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    private void Advance(int bytes)
    {
        output.Advance(bytes);
        _unflushedBytes += bytes;
    }
}
