using HareMQ.Protocol;

namespace HareMQ.Fuzz.Targets;

/// <summary>Valid inputs that the targets share.</summary>
internal static class Seeds
{
    public static FieldTable Table { get; } = new FieldTableBuilder()
        .Add("x-match", "all").Add("CC", FieldValue.FromArray(FieldValue.FromString("a"), FieldValue.FromString("b.c")))
        .Add("int", FieldValue.FromInt(-5)).Add("long", 1L << 40).Add("bool", true).Add("double", FieldValue.FromDouble(0.5))
        .Add("time", FieldValue.FromTimestamp(1_700_000_000)).Add("void", FieldValue.Void).Add("bytes", FieldValue.FromBytes([1, 2, 3]))
        .Add("nested", new FieldTableBuilder().Add("deeper", new FieldTableBuilder().Add("k", "v").ToTable()).ToTable())
        .ToTable();

    /// <summary>Flags word and list: delivery mode alone, no property, everything.</summary>
    public static IReadOnlyList<byte[]> Properties { get; } = [[0x10, 0, 2], [0, 0], AllProperties()];

    private static byte[] AllProperties()
    {
        var table = Table.Encoded;
        byte[] text = [3, (byte)'a', (byte)'b', (byte)'c'];
        return
        [
            0xFF, 0xFC, .. text, .. text, 0, 0, (byte)(table.Length >> 8), (byte)table.Length, .. table.Span, 2, 5, .. text, .. text,
            .. text, .. text, 0, 0, 0, 0, 0x65, 0, 0, 0, .. text, .. text, .. text, .. text,
        ];
    }
}
