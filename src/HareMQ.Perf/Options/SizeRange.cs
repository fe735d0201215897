namespace HareMQ.Perf;

/// <summary>Body sizes in bytes: one, or evenly spread from one to another, both included.</summary>
internal readonly record struct SizeRange(int Min, int Max)
{
    /// <summary>RabbitMQ refuses larger ones by default.</summary>
    private const long BytesMax = 128L << 20;

    public bool IsFixed => Min == Max;

    public static SizeRange Of(int bytes) => new(bytes, bytes);

    /// <summary>Reads <c>1024</c>, <c>64k</c> or <c>100-2k</c>; k is 1024, m its square.</summary>
    /// <exception cref="FormatException">The message says what is wrong.</exception>
    public static SizeRange Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0) return Of(ParseBytes(text));
        var range = new SizeRange(ParseBytes(text[..dash]), ParseBytes(text[(dash + 1)..]));
        return range.Min <= range.Max ? range : throw new FormatException($"'{text}' starts above its end");
    }

    public override string ToString() => IsFixed ? $"{Min}" : $"{Min}-{Max}";

    private static int ParseBytes(string text)
    {
        var unit = text.Length == 0 ? 1 : char.ToLowerInvariant(text[^1]) switch { 'k' => 1 << 10, 'm' => 1 << 20, _ => 1 };
        var digits = unit == 1 ? text : text[..^1];
        if (!int.TryParse(digits, System.Globalization.NumberStyles.None, null, out var number))
            throw new FormatException($"'{text}' is not a size such as 1024, 64k or 100-2k");
        return (long)number * unit <= BytesMax ? number * unit : throw new FormatException($"'{text}' is above 128m");
    }
}
