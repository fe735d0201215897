namespace HareMQ.Protocol.Tests.Tables;

public sealed class FieldTableTests
{
    [Fact]
    public void Encodes_as_the_specification_lays_it_out()
    {
        var table = new FieldTableBuilder()
            .Add("a", "xyz").Add("n", FieldValue.FromInt(-2)).Add("t", true).Add("v", FieldValue.Void).ToTable();

        Assert.Equal("0161" + "53" + "00000003" + "78797A" + "016E" + "49" + "FFFFFFFE" + "0174" + "7401" + "0176" + "56",
            Convert.ToHexString(table.Encoded.Span));
    }

    [Fact]
    public void Every_type_survives_encoding_and_decoding() => Properties.Hold(Generate.Table, table =>
    {
        var decoded = FieldTable.FromEncoded(table.Encoded.Span);

        Assert.Equal(table, decoded);
        Assert.Equal(table.GetHashCode(), decoded.GetHashCode());
        Assert.Equal(table.Select(entry => entry.Name), decoded.Select(entry => entry.Name));
        var rebuilt = new FieldTableBuilder();
        foreach (var (name, value) in decoded) rebuilt.Add(name, value);
        Assert.Equal(table.Encoded.ToArray(), rebuilt.ToTable().Encoded.ToArray());
    });

    [Fact]
    public void A_table_cut_anywhere_is_refused_or_is_a_shorter_table() => Properties.Hold(Generate.Table, table =>
    {
        for (var length = 0; length < table.Encoded.Length; length++)
        {
            if (Error(table.Encoded.Span[..length]) is { } error) Assert.Equal(ReplyCode.SyntaxError, error.Code);
            else Assert.True(FieldTable.FromEncoded(table.Encoded.Span[..length]).Count < table.Count);
        }
    });

    [Fact]
    public void A_value_cut_anywhere_is_refused() => Properties.Hold(Generate.Value, value =>
    {
        var encoded = new FieldTableBuilder().Add("name", value).ToTable().Encoded;
        for (var length = 1; length < encoded.Length; length++)
            Assert.Equal(ReplyCode.SyntaxError, Error(encoded.Span[..length])?.Code);
    });

    [Fact]
    public void Of_two_entries_with_one_name_the_first_is_found()
    {
        var table = new FieldTableBuilder().Add("k", 1).Add("k", 2).ToTable();

        Assert.True(table.TryGet("k", out var value));
        Assert.True(value.TryGetInteger(out var number));
        Assert.Equal(1, number);
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void A_missing_name_is_not_found()
    {
        Assert.False(new FieldTableBuilder().Add("k", 1).ToTable().TryGet("K", out var value));
        Assert.Equal(FieldType.Void, value.Type);
        Assert.False(FieldTable.Empty.TryGet("k", out _));
    }

    [Fact]
    public void Scan_finds_what_lookup_finds() => Properties.Hold(Generate.Table, table =>
    {
        foreach (var (name, _) in table)
        {
            Assert.True(table.TryGet(name, out var value));
            Assert.True(FieldTableScan.TryFind(table.Encoded.Span, System.Text.Encoding.UTF8.GetBytes(name), out var type, out var bytes));
            Assert.Equal(value, FieldValue.FromValidated(type, bytes.ToArray()));
        }

        Assert.False(FieldTableScan.TryFind(table.Encoded.Span, "no such name"u8, out _, out _));
    });

    [Fact]
    public void Order_does_not_count_for_equality_but_type_does()
    {
        var table = new FieldTableBuilder().Add("a", 1).Add("b", "x").ToTable();

        Assert.Equal(table, new FieldTableBuilder().Add("b", "x").Add("a", 1).ToTable());
        Assert.Equal(table.GetHashCode(), new FieldTableBuilder().Add("b", "x").Add("a", 1).ToTable().GetHashCode());
        Assert.NotEqual(table, new FieldTableBuilder().Add("a", FieldValue.FromInt(1)).Add("b", "x").ToTable());
        Assert.NotEqual(table, new FieldTableBuilder().Add("a", 2).Add("b", "x").ToTable());
        Assert.NotEqual(table, new FieldTableBuilder().Add("a", 1).Add("c", "x").ToTable());
        Assert.NotEqual(table, FieldTable.Empty);
    }

    [Fact]
    public void Shuffled_tables_are_equal() => Properties.Hold(Generate.Table, table =>
    {
        var unique = table.DistinctBy(entry => entry.Name).ToList();
        var forwards = new FieldTableBuilder();
        foreach (var (name, value) in unique) forwards.Add(name, value);
        unique.Reverse();
        var backwards = new FieldTableBuilder();
        foreach (var (name, value) in unique) backwards.Add(name, value);

        Assert.Equal(forwards.ToTable(), backwards.ToTable());
        Assert.Equal(forwards.ToTable().GetHashCode(), backwards.ToTable().GetHashCode());
    });

    [Theory]
    [InlineData('F')]
    [InlineData('A')]
    public void Nesting_is_accepted_up_to_32_levels_and_refused_beyond(char tag)
    {
        Assert.Null(Error(Nested(tag, levels: 31)));
        var error = Error(Nested(tag, levels: 32));
        Assert.Equal("SYNTAX_ERROR - malformed field table: nested deeper than 32 levels", error?.Message);
    }

    [Theory]
    [InlineData('F')]
    [InlineData('A')]
    public void A_depth_bomb_costs_an_error_and_not_the_stack(char tag) => Assert.NotNull(Error(Nested(tag, levels: 2_000)));

    [Theory]
    [InlineData("016B53FFFFFFFF")]
    [InlineData("016B78FFFFFFFF00")]
    [InlineData("016B41FFFFFFFF")]
    [InlineData("016B467FFFFFFF")]
    [InlineData("016B4680000000")]
    [InlineData("FF")]
    [InlineData("016B")]
    [InlineData("016B7A00")]
    public void Lying_lengths_and_unknown_tags_are_refused(string hex) =>
        Assert.Equal(ReplyCode.SyntaxError, Error(Convert.FromHexString(hex))?.Code);

    [Fact]
    public void The_source_bytes_may_change_afterwards()
    {
        var encoded = new FieldTableBuilder().Add("k", 1).ToTable().Encoded.ToArray();
        var table = FieldTable.FromEncoded(encoded);
        encoded.AsSpan().Clear();

        Assert.True(table.TryGet("k", out _));
    }

    [Fact]
    public void A_name_longer_than_255_bytes_cannot_be_added() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FieldTableBuilder().Add(new string('é', 128), 1));

    private static ConnectionException? Error(ReadOnlySpan<byte> encoded)
    {
        try
        {
            FieldTable.FromEncoded(encoded);
            return null;
        }
        catch (ConnectionException error)
        {
            return error;
        }
    }

    // A table that holds a value nested that many times; the innermost is empty.
    private static byte[] Nested(char tag, int levels)
    {
        byte[] content = [];
        for (var level = 0; level < levels; level++)
        {
            byte[] name = tag == 'F' || level == levels - 1 ? [1, (byte)'k'] : [];
            content = [.. name, (byte)tag, (byte)(content.Length >> 24), (byte)(content.Length >> 16), (byte)(content.Length >> 8),
                (byte)content.Length, .. content];
        }

        return content;
    }
}
