namespace HareMQ.Hosting.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("131072", 131_072)]
    [InlineData("10B", 10)]
    [InlineData("1kB", 1_000)]
    [InlineData("1KB", 1_000)]
    [InlineData("16MB", 16_000_000)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("1k", 1_024)]
    [InlineData("1K", 1_024)]
    [InlineData("1Ki", 1_024)]
    [InlineData("1KiB", 1_024)]
    [InlineData("16M", 16_777_216)]
    [InlineData("16Mi", 16_777_216)]
    [InlineData("16 MiB", 16_777_216)]
    [InlineData("2G", 2_147_483_648)]
    [InlineData("2GiB", 2_147_483_648)]
    public void Units_with_a_B_alone_are_powers_of_1000_and_the_others_of_1024(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1")]
    [InlineData("1.5M")]
    [InlineData("1 X")]
    [InlineData("1MiBs")]
    [InlineData("1mb")]
    [InlineData("9223372036854775807k")]
    [InlineData("99999999999999999999")]
    public void Anything_else_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
