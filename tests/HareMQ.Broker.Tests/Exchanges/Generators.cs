using FsCheck;
using FsCheck.Fluent;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>Small alphabets, so that what is bound and what is published often meet.</summary>
internal static class Generators
{
    public static Gen<string> RoutingKey { get; } = Key("a", "b", "", "*", "#");

    public static Gen<string> Pattern { get; } = Key("a", "b", "", "*", "#", "#");

    public static Gen<FieldValue> Value { get; } = Gen.Elements(
        FieldValue.Void,
        FieldValue.FromInt(1),
        FieldValue.FromLong(1),
        FieldValue.FromTimestamp(1),
        FieldValue.FromDouble(1),
        FieldValue.FromDouble(1.5),
        FieldValue.FromLong((1L << 53) + 1),
        FieldValue.FromDouble(1L << 53),
        FieldValue.FromDouble(-0.0),
        FieldValue.FromInt(0),
        FieldValue.FromBool(true),
        FieldValue.FromBool(false),
        FieldValue.FromString("1"),
        FieldValue.FromBytes("1"u8),
        FieldValue.FromString(""),
        FieldValue.FromArray(FieldValue.FromInt(1)),
        FieldValue.FromArray(FieldValue.FromLong(1)),
        FieldValue.FromTable(new FieldTableBuilder().Add("n", 1).ToTable()),
        FieldValue.FromTable(FieldTable.Empty));

    public static Gen<FieldTable> Headers { get; } = Table(4);

    /// <summary>The arguments of a binding to a headers exchange.</summary>
    public static Gen<FieldTable> Match { get; } =
        from mode in Gen.Elements("", "all", "any", "all-with-x", "any-with-x")
        from conditions in Table(3)
        select mode.Length == 0 ? conditions : With(conditions, "x-match", FieldValue.FromString(mode));

    /// <summary>Headers which may carry further keys.</summary>
    public static Gen<FieldTable> HeadersWithKeys { get; } =
        from headers in Headers
        from cc in Gen.Frequency((2, Gen.Constant<string[]?>(null)), (1, Strings(RoutingKey, 2).Select(k => (string[]?)k)))
        from bcc in Gen.Frequency((4, Gen.Constant<string[]?>(null)), (1, Strings(RoutingKey, 2).Select(k => (string[]?)k)))
        select WithKeys(WithKeys(headers, "CC", cc), "BCC", bcc);

    public static FieldTable With(FieldTable table, string name, FieldValue value)
    {
        var builder = new FieldTableBuilder();
        foreach (var (key, each) in table) builder.Add(key, each);
        return builder.Add(name, value).ToTable();
    }

    /// <summary>Runs thousands of cases; a failure throws with the seed and the smallest case that was found.</summary>
    public static void Check<T>(Gen<T[]> cases, int count, Action<T[]> property) =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(40),
            Prop.ForAll(Arb.From(cases, Smaller), property));

    private static IEnumerable<T[]> Smaller<T>(T[] items)
    {
        if (items.Length > 1)
        {
            yield return items[..(items.Length / 2)];
            yield return items[(items.Length / 2)..];
        }
        for (var i = 0; i < items.Length; i++) yield return [.. items[..i], .. items[(i + 1)..]];
    }

    private static FieldTable WithKeys(FieldTable table, string name, string[]? keys) =>
        keys is null ? table : With(table, name, FieldValue.FromArray([.. keys.Select(FieldValue.FromString)]));

    private static Gen<string> Key(params string[] words) => Strings(Gen.Elements(words), 6).Select(w => string.Join('.', w));

    private static Gen<string[]> Strings(Gen<string> item, int countMax) =>
        Gen.Choose(0, countMax).SelectMany(count => item.ArrayOf(count));

    private static Gen<FieldTable> Table(int countMax) =>
        from count in Gen.Choose(0, countMax)
        from names in Gen.Elements("a", "b", "c", "d", "x-e").ArrayOf(count)
        from values in Value.ArrayOf(count)
        select names.Zip(values).Aggregate(new FieldTableBuilder(), (b, entry) => b.Add(entry.First, entry.Second)).ToTable();
}
