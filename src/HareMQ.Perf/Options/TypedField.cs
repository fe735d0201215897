using System.Globalization;
using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>Table entries on the command line: <c>x-max-length=1000</c>, or with its type named, <c>version:string=7</c>.</summary>
internal static class TypedField
{
    /// <summary>Without a type, whole numbers and true and false are what they look like, the rest is text.</summary>
    /// <exception cref="FormatException">The message says what is wrong.</exception>
    public static (string Name, FieldValue Value) Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new FormatException($"'{text}' is not of the form name=value");
        var (name, value) = (text[..equals], text[(equals + 1)..]);
        var colon = name.LastIndexOf(':');
        if (colon < 0) return (name, Guess(value));
        return (name[..colon], Read(name[(colon + 1)..], value, text));
    }

    public static FieldTable Table(IEnumerable<(string Name, FieldValue Value)> fields)
    {
        var builder = new FieldTableBuilder();
        foreach (var (name, value) in fields) builder.Add(name, value);
        return builder.ToTable();
    }

    private static FieldValue Guess(string value)
    {
        if (TryLong(value, out var number)) return FieldValue.FromLong(number);
        return bool.TryParse(value, out var boolean) ? FieldValue.FromBool(boolean) : FieldValue.FromString(value);
    }

    private static FieldValue Read(string type, string value, string text) => type switch
    {
        "string" => FieldValue.FromString(value),
        "long" when TryLong(value, out var number) => FieldValue.FromLong(number),
        "int" when TryLong(value, out var number) && number is >= int.MinValue and <= int.MaxValue => FieldValue.FromInt((int)number),
        "bool" when bool.TryParse(value, out var boolean) => FieldValue.FromBool(boolean),
        "double" when double.TryParse(value, CultureInfo.InvariantCulture, out var number) => FieldValue.FromDouble(number),
        "timestamp" when TryLong(value, out var seconds) => FieldValue.FromTimestamp(seconds),
        "long" or "int" or "bool" or "double" or "timestamp" => throw new FormatException($"'{value}' in '{text}' is not a {type}"),
        _ => throw new FormatException($"'{type}' in '{text}' is none of string, long, int, bool, double and timestamp"),
    };

    private static bool TryLong(string value, out long number) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
