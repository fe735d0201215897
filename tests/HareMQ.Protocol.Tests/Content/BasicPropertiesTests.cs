using System.Text;

namespace HareMQ.Protocol.Tests.Content;

public sealed class BasicPropertiesTests
{
    [Fact]
    public void Every_combination_of_properties_reads_back()
    {
        for (var bits = 0; bits < 1 << 14; bits++) ReadsBack((BasicPropertyFlags)(bits << 2));
    }

    [Fact]
    public void Every_combination_cut_anywhere_or_too_long_is_refused()
    {
        // Exceptions are slow: every cut of the combinations of one and two properties, and of all of them.
        for (var first = 2; first < 16; first++)
        {
            for (var second = first; second < 16; second++) RefusesCuts((BasicPropertyFlags)(1 << first | 1 << second));
        }

        RefusesCuts((BasicPropertyFlags)0xFFFC);
    }

    [Theory]
    [InlineData("0001")]
    [InlineData("0002")]
    [InlineData("100102")]
    public void Flags_without_meaning_are_refused(string hex) => Assert.True(IsRefused(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("2000FFFFFFFF")]
    [InlineData("20007FFFFFFF00")]
    [InlineData("200080000000")]
    [InlineData("8000FF")]
    public void Lying_lengths_are_refused(string hex) => Assert.True(IsRefused(Convert.FromHexString(hex)));

    private static void ReadsBack(BasicPropertyFlags flags)
    {
        var encoded = EncodedProperties.Of(flags);
        var properties = BasicProperties.Read(encoded);

        Assert.Equal(flags, properties.Flags);
        Equal(properties, BasicPropertyFlags.ContentType, properties.ContentType);
        Equal(properties, BasicPropertyFlags.ContentEncoding, properties.ContentEncoding);
        Equal(properties, BasicPropertyFlags.CorrelationId, properties.CorrelationId);
        Equal(properties, BasicPropertyFlags.ReplyTo, properties.ReplyTo);
        Equal(properties, BasicPropertyFlags.Expiration, properties.Expiration);
        Equal(properties, BasicPropertyFlags.MessageId, properties.MessageId);
        Equal(properties, BasicPropertyFlags.Type, properties.Type);
        Equal(properties, BasicPropertyFlags.UserId, properties.UserId);
        Equal(properties, BasicPropertyFlags.AppId, properties.AppId);
        Equal(properties, BasicPropertyFlags.ClusterId, properties.ClusterId);
        var headers = properties.HasHeaders ? EncodedProperties.Headers.Encoded.Span : default;
        Assert.True(headers.SequenceEqual(properties.Headers));
        Assert.Equal(properties.Has(BasicPropertyFlags.DeliveryMode) ? 2 : 0, properties.DeliveryMode);
        Assert.Equal(properties.Has(BasicPropertyFlags.DeliveryMode), properties.IsPersistent);
        Assert.Equal(properties.Has(BasicPropertyFlags.Priority) ? 9 : 0, properties.Priority);
        Assert.Equal(properties.Has(BasicPropertyFlags.Timestamp) ? EncodedProperties.Timestamp : 0, properties.Timestamp);
        Assert.True(encoded.AsSpan().SequenceEqual(properties.Encoded));
    }

    private static void Equal(BasicProperties properties, BasicPropertyFlags flag, ReadOnlySpan<byte> value) =>
        Assert.Equal(properties.Has(flag) ? flag.ToString() : "", Encoding.UTF8.GetString(value));

    private static void RefusesCuts(BasicPropertyFlags flags)
    {
        var encoded = EncodedProperties.Of(flags);
        for (var length = 0; length < encoded.Length; length++) Assert.True(IsRefused(encoded[..length]), $"{flags} cut at {length}");
        Assert.True(IsRefused([.. encoded, 0]), $"{flags} with a byte more");
    }

    private static bool IsRefused(byte[] encoded)
    {
        try
        {
            BasicProperties.Read(encoded);
            return false;
        }
        catch (ConnectionException error)
        {
            Assert.Equal(ReplyCode.FrameError, error.Code);
            return true;
        }
    }
}
