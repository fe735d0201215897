using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>One header that a binding asks for.</summary>
/// <param name="Name">UTF-8.</param>
/// <param name="Value">Void asks only for presence.</param>
internal readonly record struct HeaderCondition(ReadOnlyMemory<byte> Name, FieldValue Value)
{
    public bool AsksForPresence => Value.Type == FieldType.Void;
}

/// <summary>The arguments of a binding to a headers exchange, ready to be matched.</summary>
internal sealed class HeadersMatch
{
    private readonly HeaderCondition[] _conditions;

    private HeadersMatch(bool any, HeaderCondition[] conditions)
    {
        Any = any;
        _conditions = conditions;
    }

    /// <summary>One condition is enough. Otherwise all must hold, and none is the same as all.</summary>
    public bool Any { get; }

    public ReadOnlySpan<HeaderCondition> Conditions => _conditions;

    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: x-match is none of the four words.</exception>
    public static HeadersMatch From(FieldTable arguments)
    {
        var (any, withX) = ReadMode(arguments);
        var conditions = new List<HeaderCondition>();
        var reader = new FieldTableReader(arguments.Encoded.Span);
        while (reader.MoveNext())
        {
            if (withX ? reader.Name.SequenceEqual("x-match"u8) : reader.Name.StartsWith("x-"u8)) continue;
            conditions.Add(new HeaderCondition(
                reader.Name.ToArray(),
                FieldValue.FromValidated(reader.Type, arguments.Encoded.Slice(reader.ValueOffset, reader.ValueBytes.Length))));
        }
        return new HeadersMatch(any, [.. conditions]);
    }

    public bool Matches(ReadOnlySpan<byte> headers)
    {
        foreach (ref readonly var condition in _conditions.AsSpan())
        {
            if (Holds(in condition, headers) == Any) return Any;
        }
        return !Any;
    }

    private static bool Holds(in HeaderCondition condition, ReadOnlySpan<byte> headers) =>
        FieldTableScan.TryFind(headers, condition.Name.Span, out var type, out var valueBytes)
        && (condition.AsksForPresence || HeaderValue.AreEqual(condition.Value, type, valueBytes));

    private static (bool Any, bool WithX) ReadMode(FieldTable arguments)
    {
        if (!arguments.TryGet(ExchangeArguments.Match, out var value)) return (false, false);
        if (!value.TryGetString(out var mode)) throw RoutingErrors.InvalidMatchType(value);
        return mode switch
        {
            "all" => (false, false),
            "any" => (true, false),
            "all-with-x" => (false, true),
            "any-with-x" => (true, true),
            _ => throw RoutingErrors.InvalidMatch(mode),
        };
    }
}
