using System.Security.Cryptography;
using HareMQ.Broker.Access;

namespace HareMQ.Broker.Tests.Access;

public sealed class PasswordHashTests
{
    [Fact]
    public void A_hash_made_by_RabbitMQ_matches_its_password()
    {
        var hash = PasswordHash.Parse("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", HashingAlgorithm.Sha256);

        Assert.True(hash.Matches("test12"u8));
        Assert.False(hash.Matches("test13"u8));
        Assert.False(hash.Matches(""u8));
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("pässwörd ☃")]
    public void A_new_hash_matches_only_its_own_password(string password)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(password);
        var hash = PasswordHash.Create(utf8);

        Assert.True(hash.Matches(utf8));
        Assert.False(hash.Matches([.. utf8, (byte)'x']));
        Assert.Equal(HashingAlgorithm.Sha256, hash.Algorithm);
        Assert.Equal(36, Convert.FromBase64String(hash.Encoded).Length);
    }

    [Fact]
    public void The_same_password_is_hashed_with_another_salt_each_time() =>
        Assert.NotEqual(PasswordHash.Create("secret"u8).Encoded, PasswordHash.Create("secret"u8).Encoded);

    [Fact]
    public void An_encoded_hash_reads_back_equal()
    {
        var hash = PasswordHash.Create("secret"u8);

        Assert.Equal(hash, PasswordHash.Parse(hash.Encoded, hash.Algorithm));
    }

    [Fact]
    public void Hashes_of_the_other_algorithms_are_verified()
    {
        byte[] salt = [1, 2, 3, 4];
        byte[] salted = [.. salt, .. "secret"u8];
        var sha512 = PasswordHash.Parse(Convert.ToBase64String([.. salt, .. SHA512.HashData(salted)]), HashingAlgorithm.Sha512);
        var md5 = PasswordHash.Parse(Convert.ToBase64String([.. salt, .. MD5.HashData(salted)]), HashingAlgorithm.Md5);

        Assert.True(sha512.Matches("secret"u8));
        Assert.False(sha512.Matches("Secret"u8));
        Assert.True(md5.Matches("secret"u8));
        Assert.False(md5.Matches("Secret"u8));
    }

    [Fact]
    public void An_empty_password_or_hash_never_matches()
    {
        Assert.Equal("", PasswordHash.Create(""u8).Encoded);
        Assert.False(PasswordHash.Create(""u8).Matches(""u8));
        Assert.False(PasswordHash.None.Matches("x"u8));

        // A digest of the bare salt, as a careless tool might write it.
        byte[] salt = [1, 2, 3, 4];
        var ofNothing = PasswordHash.Parse(Convert.ToBase64String([.. salt, .. SHA256.HashData(salt)]), HashingAlgorithm.Sha256);
        Assert.False(ofNothing.Matches(""u8));
    }

    [Theory]
    [InlineData("not base64!", HashingAlgorithm.Sha256)]
    [InlineData("AAAA", HashingAlgorithm.Sha256)]
    [InlineData("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", HashingAlgorithm.Sha512)]
    [InlineData("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", HashingAlgorithm.Md5)]
    internal void A_malformed_hash_is_refused(string encoded, HashingAlgorithm algorithm) =>
        Assert.Throws<ArgumentException>(() => PasswordHash.Parse(encoded, algorithm));

    [Theory]
    [InlineData(HashingAlgorithm.Sha256, "rabbit_password_hashing_sha256")]
    [InlineData(HashingAlgorithm.Sha512, "rabbit_password_hashing_sha512")]
    [InlineData(HashingAlgorithm.Md5, "rabbit_password_hashing_md5")]
    internal void Algorithms_have_RabbitMQs_names(HashingAlgorithm algorithm, string name)
    {
        Assert.Equal(name, algorithm.Name());
        Assert.True(HashingAlgorithms.TryParse(name, out var parsed));
        Assert.Equal(algorithm, parsed);
    }

    [Fact]
    public void An_unknown_algorithm_is_not_parsed() => Assert.False(HashingAlgorithms.TryParse("rabbit_password_hashing_crc", out _));
}
