using System.Buffers;
using System.Globalization;
using System.Text;

namespace HareMQ.Hosting;

/// <summary><c>2026-11-21 08:15:30.123 [info] connections: accepted 127.0.0.1:4242</c>, in UTC. An exception follows, indented.</summary>
internal static class PlainTextLogFormat
{
    private const string ExceptionIndent = "    ";

    public static void Write(IBufferWriter<byte> output, in LogEntry entry)
    {
        var line = new StringBuilder(160);
        line.Append(CultureInfo.InvariantCulture, $"{entry.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}");
        line.Append(CultureInfo.InvariantCulture, $" [{LogLevelName.Of(entry.Level)}] {entry.Category}: ");
        AppendOnOneLine(line, entry.Message);
        line.Append('\n');
        if (entry.Exception is not null)
            foreach (var part in entry.Exception.ToString().AsSpan().EnumerateLines())
            {
                line.Append(ExceptionIndent);
                AppendOnOneLine(line, part);
                line.Append('\n');
            }
        Encoding.UTF8.GetBytes(line.ToString(), output);
    }

    /// <summary>Clients choose names that end up in messages; none may end the line, or reach the terminal as a control sequence.</summary>
    private static void AppendOnOneLine(StringBuilder line, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            switch (c)
            {
                case '\n':
                    line.Append("\\n");
                    break;
                case '\r':
                    line.Append("\\r");
                    break;
                case '\t':
                    line.Append("\\t");
                    break;
                default:
                    if (char.IsControl(c)) line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
                    else line.Append(c);
                    break;
            }
    }
}
