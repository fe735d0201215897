namespace HareMQ.Protocol.Tests.Tables;

public sealed class FieldValueTests
{
    private static readonly FieldType[] s_integers =
    [
        FieldType.SignedByte, FieldType.UnsignedByte, FieldType.SignedShort, FieldType.UnsignedShort,
        FieldType.SignedInt, FieldType.UnsignedInt, FieldType.SignedLong, FieldType.UnsignedLong,
    ];

    [Fact]
    public void Integers_of_every_width_are_equal_by_value()
    {
        foreach (var left in s_integers)
        {
            foreach (var right in s_integers)
            {
                Assert.True(Integer(left, 5).ValueEquals(Integer(right, 5)), $"{left} {right}");
                Assert.False(Integer(left, 5).ValueEquals(Integer(right, 6)), $"{left} {right}");
            }
        }
    }

    [Theory]
    [InlineData('b', "FF", -1)]
    [InlineData('B', "FF", 255)]
    [InlineData('s', "FFFE", -2)]
    [InlineData('u', "FFFE", 65534)]
    [InlineData('I', "80000000", int.MinValue)]
    [InlineData('i', "80000000", 2147483648)]
    [InlineData('l', "FFFFFFFFFFFFFFFD", -3)]
    [InlineData('L', "FFFFFFFFFFFFFFFD", -3)]
    public void Integers_decode_with_the_sign_that_RabbitMQ_gives_them(char tag, string hex, long expected)
    {
        var value = FieldValue.FromValidated((FieldType)tag, Convert.FromHexString(hex));

        Assert.True(value.TryGetInteger(out var number));
        Assert.Equal(expected, number);
        Assert.Equal(expected.ToString(System.Globalization.CultureInfo.InvariantCulture), value.ToString());
    }

    [Fact]
    public void Numbers_are_equal_across_kinds_and_exactly()
    {
        Assert.True(FieldValue.FromDouble(2).ValueEquals(FieldValue.FromLong(2)));
        Assert.True(FieldValue.FromLong(2).ValueEquals(FieldValue.FromDouble(2)));
        Assert.True(FieldValue.FromTimestamp(2).ValueEquals(FieldValue.FromLong(2)));
        Assert.True(FieldValue.FromValidated(FieldType.Float, new byte[] { 0x3F, 0x80, 0, 0 }).ValueEquals(FieldValue.FromDouble(1)));
        Assert.False(FieldValue.FromDouble(2.5).ValueEquals(FieldValue.FromLong(2)));
        Assert.False(FieldValue.FromDouble(9007199254740992).ValueEquals(FieldValue.FromLong(9007199254740993)));
        Assert.False(FieldValue.FromDouble(9223372036854775808.0).ValueEquals(FieldValue.FromLong(long.MaxValue)));
        Assert.False(FieldValue.FromDouble(double.NaN).ValueEquals(FieldValue.FromDouble(double.NaN)));
        Assert.False(FieldValue.FromLong(1).ValueEquals(FieldValue.FromBool(true)));
        Assert.False(FieldValue.FromLong(1).ValueEquals(FieldValue.FromString("1")));
    }

    [Fact]
    public void Strings_and_byte_arrays_are_equal_by_their_bytes()
    {
        Assert.True(FieldValue.FromString("é").ValueEquals(FieldValue.FromBytes("é"u8)));
        Assert.False(FieldValue.FromString("é").ValueEquals(FieldValue.FromString("e")));
        Assert.NotEqual(FieldValue.FromString("é"), FieldValue.FromBytes("é"u8));
    }

    [Fact]
    public void Tables_and_arrays_are_equal_by_structure()
    {
        var table = FieldValue.FromTable(new FieldTableBuilder().Add("a", 1).Add("b", 2).ToTable());
        var shuffled = FieldValue.FromTable(new FieldTableBuilder().Add("b", FieldValue.FromInt(2)).Add("a", 1).ToTable());
        Assert.True(table.ValueEquals(shuffled));
        Assert.False(table.ValueEquals(FieldValue.FromTable(new FieldTableBuilder().Add("a", 1).Add("b", 3).ToTable())));
        Assert.False(table.ValueEquals(FieldValue.FromTable(new FieldTableBuilder().Add("a", 1).ToTable())));

        var array = FieldValue.FromArray(FieldValue.FromInt(1), table);
        Assert.True(array.ValueEquals(FieldValue.FromArray(FieldValue.FromLong(1), shuffled)));
        Assert.False(array.ValueEquals(FieldValue.FromArray(shuffled, FieldValue.FromLong(1))));
        Assert.False(array.ValueEquals(FieldValue.FromArray(FieldValue.FromLong(1))));
        Assert.False(array.ValueEquals(table));
    }

    [Fact]
    public void Value_equality_is_symmetric() => Properties.Hold(Generate.Value.InPairs(), pair =>
        Assert.Equal(pair.Left.ValueEquals(pair.Right), pair.Right.ValueEquals(pair.Left)));

    [Fact]
    public void Equal_values_are_equal_by_value_unless_they_hold_a_NaN() => Properties.Hold(Generate.Value, value =>
        Assert.True(value.ValueEquals(value) || value.ToString().Contains("NaN", StringComparison.Ordinal)));

    [Fact]
    public void Values_print_as_reply_texts_show_them()
    {
        Assert.Equal("true", FieldValue.FromBool(true).ToString());
        Assert.Equal("some text", FieldValue.FromString("some text").ToString());
        Assert.Equal("1.5", FieldValue.FromDouble(1.5).ToString());
        Assert.Equal("undefined", FieldValue.Void.ToString());
        Assert.Equal("1.05", FieldValue.FromValidated(FieldType.Decimal, new byte[] { 2, 0, 0, 0, 105 }).ToString());
        var table = new FieldTableBuilder().Add("a", 1).Add("b", FieldValue.FromArray(FieldValue.FromString("x"), FieldValue.FromInt(2)));
        Assert.Equal("[{<<\"a\">>,long,1},{<<\"b\">>,array,[{longstr,<<\"x\">>},{signedint,2}]}]", table.ToTable().ToString());
    }

    [Fact]
    public void Accessors_refuse_other_types()
    {
        Assert.False(FieldValue.FromString("1").TryGetInteger(out _));
        Assert.False(FieldValue.FromTimestamp(1).TryGetInteger(out _));
        Assert.False(FieldValue.FromLong(1).TryGetString(out _));
        Assert.False(FieldValue.FromLong(1).TryGetBoolean(out _));
        Assert.False(FieldValue.FromLong(1).TryGetDouble(out _));
        Assert.False(FieldValue.FromLong(1).TryGetDecimal(out _, out _));
        Assert.Throws<InvalidOperationException>(() => FieldValue.FromLong(1).AsTable());
        Assert.Throws<InvalidOperationException>(() => FieldValue.FromLong(1).AsArray());
    }

    private static FieldValue Integer(FieldType type, byte value)
    {
        var bytes = new byte[type.FixedBytes()];
        bytes[^1] = value;
        return FieldValue.FromValidated(type, bytes);
    }
}
