using System.Text;

namespace HareMQ.Hosting;

/// <summary>
/// Reads files in the manner of <c>rabbitmq.conf</c>: <c>key = value</c> per line, <c>#</c> starts a comment outside of quotes, a later
/// line wins. <c>conf.d/*.conf</c> beside the file follow it in the order of their names.
/// </summary>
internal static class ConfigurationFile
{
    public static List<string> WithFragments(string path)
    {
        var directory = Path.Combine(Path.GetDirectoryName(path) ?? "", "conf.d");
        if (!Directory.Exists(directory)) return [path];
        return [path, .. ReadOrExplain(directory, () => Directory.GetFiles(directory, "*.conf")).Order(StringComparer.Ordinal)];
    }

    public static List<Setting> Read(string path) => Parse(path, ReadOrExplain(path, () => File.ReadAllLines(path, Encoding.UTF8)));

    private static string[] ReadOrExplain(string path, Func<string[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: cannot be read: {e.Message}");
        }
    }

    public static List<Setting> Parse(string name, IReadOnlyList<string> lines)
    {
        var settings = new List<Setting>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
            if (ParseLine(lines[i].AsSpan().Trim(), $"{name}:{i + 1}") is { } setting)
                settings.Add(setting);
        return settings;
    }

    private static Setting? ParseLine(ReadOnlySpan<char> line, string source)
    {
        if (line.IsEmpty || line[0] == '#') return null;
        var equals = line.IndexOf('=');
        if (equals < 0) throw new ConfigurationException($"{source}: expected 'key = value', found '{line}'");
        var key = line[..equals].TrimEnd();
        if (!IsKey(key)) throw new ConfigurationException($"{source}: '{key}' is not a key; expected letters, digits, '_', '-' and '.'");
        // A backslash keeps a dot inside one part of the key, as in loopback_users.first\.last; the parts are never looked at apart.
        return new Setting(key.ToString().Replace("\\.", "."), ParseValue(line[(equals + 1)..].TrimStart(), source), source);
    }

    private static bool IsKey(ReadOnlySpan<char> key)
    {
        foreach (var c in key)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '\\' or '$' or '@'))
                return false;
        return !key.IsEmpty;
    }

    private static string ParseValue(ReadOnlySpan<char> text, string source)
    {
        if (text.IsEmpty) return "";
        if (text[0] is not ('\'' or '"'))
        {
            var comment = text.IndexOf('#');
            return (comment < 0 ? text : text[..comment]).TrimEnd().ToString();
        }
        var close = text[1..].IndexOf(text[0]);
        if (close < 0) throw new ConfigurationException($"{source}: the value has an opening quote {text[0]} and no closing one");
        var rest = text[(close + 2)..].TrimStart();
        if (!rest.IsEmpty && rest[0] != '#') throw new ConfigurationException($"{source}: '{rest}' after the closing quote");
        return text.Slice(1, close).ToString();
    }
}
