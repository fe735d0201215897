using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace HareMQ.Protocol.Tests;

/// <summary>Generators of the protocol's values.</summary>
internal static class Generate
{
    private const int NestingMax = 4;

    public static Gen<byte> Octet => Gen.Choose(0, byte.MaxValue).Select(value => (byte)value);

    public static Gen<byte[]> Bytes(int count) => Octet.ArrayOf(count);

    public static Gen<byte[]> AnyBytes => Octet.ArrayOf();

    public static Gen<string> Text => Gen.Elements('a', 'Z', '0', '.', '-', 'é', '€', '#', ' ').ArrayOf()
        .Select(characters => new string(characters, 0, Math.Min(characters.Length, 80)));

    public static Gen<long> Long => Bytes(8).Select(bytes => BitConverter.ToInt64(bytes));

    public static Gen<FieldValue> Value => ValueWithin(NestingMax);

    public static Gen<FieldTable> Table => TableWithin(NestingMax);

    /// <summary>An encoded short string, with its length.</summary>
    public static Gen<byte[]> ShortString => Text.Select(text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return (byte[])[(byte)bytes.Length, .. bytes];
    });

    private static Gen<FieldTable> TableWithin(int nesting) => NameAndValue(nesting).ListOf().Select(entries =>
    {
        var builder = new FieldTableBuilder();
        foreach (var (name, value) in entries.Take(8)) builder.Add(name, value);
        return builder.ToTable();
    });

    private static Gen<(string Name, FieldValue Value)> NameAndValue(int nesting) =>
        from name in Text
        from value in ValueWithin(nesting)
        select (name, value);

    private static Gen<FieldValue> ValueWithin(int nesting)
    {
        var scalars = Gen.OneOf(FixedTypes.Select(Fixed).Append(Contents(FieldType.LongString)).Append(Contents(FieldType.ByteArray)));
        return nesting == 0 ? scalars : Gen.Frequency((8, scalars), (1, NestedTable(nesting - 1)), (1, NestedArray(nesting - 1)));
    }

    private static IEnumerable<FieldType> FixedTypes => Enum.GetValues<FieldType>().Where(type => type.FixedBytes() >= 0);

    private static Gen<FieldValue> Fixed(FieldType type) => type == FieldType.Boolean
        ? Gen.Elements(FieldValue.FromBool(true), FieldValue.FromBool(false))
        : Bytes(type.FixedBytes()).Select(bytes => FieldValue.FromValidated(type, bytes));

    private static Gen<FieldValue> Contents(FieldType type) => AnyBytes.Select(bytes => FieldValue.FromValidated(type, bytes));

    private static Gen<FieldValue> NestedTable(int nesting) => TableWithin(nesting).Select(FieldValue.FromTable);

    private static Gen<FieldValue> NestedArray(int nesting) => ValueWithin(nesting).ListOf()
        .Select(elements => FieldValue.FromArray([.. elements.Take(6)]));
}

internal static class GenerateExtensions
{
    /// <summary>Pairs; every second one holds the same value twice.</summary>
    public static Gen<(T Left, T Right)> InPairs<T>(this Gen<T> values) =>
        from left in values
        from other in values
        from same in Gen.Elements(true, false)
        select (left, same ? left : other);
}
