using System.Text;

namespace HareMQ.Protocol.Tests.Content;

public sealed class BasicPropertiesBuilderTests
{
    [Fact]
    public void Without_changes_every_combination_stays_as_it_is()
    {
        for (var bits = 0; bits < 1 << 14; bits++)
        {
            var encoded = EncodedProperties.Of((BasicPropertyFlags)(bits << 2));
            Assert.Equal(encoded, new BasicPropertiesBuilder(encoded).ToEncoded());
        }
    }

    [Fact]
    public void Changes_touch_what_they_name_and_nothing_else()
    {
        var original = EncodedProperties.Of((BasicPropertyFlags)0xFFFC);
        var changed = new BasicPropertiesBuilder(original).RemoveExpiration().SetReplyTo("elsewhere").SetDeliveryMode(1).ToEncoded();

        var before = BasicProperties.Read(original);
        var after = BasicProperties.Read(changed);
        Assert.Equal(before.Flags & ~BasicPropertyFlags.Expiration, after.Flags);
        Assert.Equal("elsewhere", Encoding.UTF8.GetString(after.ReplyTo));
        Assert.Equal(1, after.DeliveryMode);
        for (var bit = 15; bit >= 2; bit--)
        {
            var flag = (BasicPropertyFlags)(1 << bit);
            if (flag is BasicPropertyFlags.Expiration or BasicPropertyFlags.ReplyTo or BasicPropertyFlags.DeliveryMode) continue;
            Assert.True(before.Verbatim(flag).SequenceEqual(after.Verbatim(flag)), $"{flag}");
        }
    }

    [Fact]
    public void Absent_properties_can_be_set()
    {
        var changed = new BasicPropertiesBuilder([0, 0]).SetExpiration("60000").SetHeader("h", FieldValue.FromLong(1)).ToEncoded();
        var properties = BasicProperties.Read(changed);

        Assert.Equal(BasicPropertyFlags.Expiration | BasicPropertyFlags.Headers, properties.Flags);
        Assert.Equal("60000", Encoding.UTF8.GetString(properties.Expiration));
        Assert.Equal(new FieldTableBuilder().Add("h", 1).ToTable().Encoded.ToArray(), properties.Headers.ToArray());
    }

    [Fact]
    public void Changed_headers_are_sorted_each_name_once_and_the_others_keep_their_tags()
    {
        var headers = new FieldTableBuilder()
            .Add("z", FieldValue.FromInt(1)).Add("b", "first").Add("b", "second").Add("BCC", "gone").Add("m", FieldValue.FromInt(3))
            .ToTable();

        var changed = Headers(headers, static builder =>
            builder.SetHeader("m", FieldValue.FromLong(4)).SetHeader("a", FieldValue.Void).RemoveHeader("BCC"));

        var expected = new FieldTableBuilder()
            .Add("a", FieldValue.Void).Add("b", "first").Add("m", 4).Add("z", FieldValue.FromInt(1)).ToTable();
        Assert.Equal(expected.Encoded.ToArray(), changed);
    }

    [Fact]
    public void Removing_the_last_header_removes_the_table()
    {
        var original = WithHeaders(new FieldTableBuilder().Add("BCC", "x").ToTable());
        Assert.Equal([0, 0], new BasicPropertiesBuilder(original).RemoveHeader("BCC").ToEncoded());
    }

    [Fact]
    public void Any_header_can_be_replaced_in_any_table() => Properties.Hold(Generate.Table, table =>
    {
        var changed = FieldTable.FromEncoded(Headers(table, builder => builder.SetHeader("replaced", FieldValue.FromLong(5))));

        Assert.True(changed.TryGet("replaced", out var replaced));
        Assert.Equal(FieldValue.FromLong(5), replaced);
        Assert.Equal(changed.Count, changed.Select(entry => entry.Name).Distinct().Count());
        foreach (var (name, _) in table)
        {
            Assert.True(table.TryGet(name, out var before));
            Assert.True(changed.TryGet(name, out var after));
            Assert.Equal(before, after);
        }
    });

    [Fact]
    public void A_value_longer_than_a_short_string_cannot_be_set() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BasicPropertiesBuilder([0, 0]).SetReplyTo(new string('é', 128)));

    [Fact]
    public void Malformed_properties_are_refused_at_once() =>
        Assert.Throws<ConnectionException>(() => new BasicPropertiesBuilder([0x80, 0]));

    private static byte[] Headers(FieldTable original, Func<BasicPropertiesBuilder, BasicPropertiesBuilder> change) =>
        BasicProperties.Read(change(new BasicPropertiesBuilder(WithHeaders(original))).ToEncoded()).Headers.ToArray();

    private static byte[] WithHeaders(FieldTable headers)
    {
        var bytes = headers.Encoded.Length;
        return [0x20, 0, (byte)(bytes >> 24), (byte)(bytes >> 16), (byte)(bytes >> 8), (byte)bytes, .. headers.Encoded.Span];
    }
}
