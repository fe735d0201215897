using System.Security.Cryptography;

namespace HareMQ.Broker.Access;

/// <summary>A salted hash in RabbitMQ's format, so that users move between brokers with their definitions.</summary>
/// <remarks>
/// Layout before base64: <c>salt[4] | digest(salt + UTF-8 password)</c>. An empty hash belongs to a user who cannot log in by
/// password.
/// </remarks>
internal sealed record PasswordHash
{
    private const int SaltBytes = 4;
    private const int DigestBytesMax = SHA512.HashSizeInBytes;

    private readonly byte[] _saltAndDigest;

    private PasswordHash(string encoded, HashingAlgorithm algorithm, byte[] saltAndDigest)
    {
        Encoded = encoded;
        Algorithm = algorithm;
        _saltAndDigest = saltAndDigest;
    }

    /// <summary>Matches no password.</summary>
    public static PasswordHash None { get; } = new("", HashingAlgorithm.Sha256, []);

    /// <summary>Base64, as in definitions; empty for <see cref="None"/>.</summary>
    public string Encoded { get; }

    public HashingAlgorithm Algorithm { get; }

    /// <summary>Hashes with a new random salt. An empty password gives <see cref="None"/>.</summary>
    public static PasswordHash Create(ReadOnlySpan<byte> passwordUtf8, HashingAlgorithm algorithm = HashingAlgorithm.Sha256)
    {
        if (passwordUtf8.IsEmpty) return None;
        var saltAndDigest = new byte[SaltBytes + DigestBytes(algorithm)];
        RandomNumberGenerator.Fill(saltAndDigest.AsSpan(0, SaltBytes));
        Digest(algorithm, saltAndDigest.AsSpan(0, SaltBytes), passwordUtf8, saltAndDigest.AsSpan(SaltBytes));
        return new PasswordHash(Convert.ToBase64String(saltAndDigest), algorithm, saltAndDigest);
    }

    /// <exception cref="ArgumentException">Not base64, or not as long as the algorithm's digest demands.</exception>
    public static PasswordHash Parse(string encoded, HashingAlgorithm algorithm)
    {
        if (encoded.Length == 0) return new PasswordHash("", algorithm, []);
        var bytes = new byte[SaltBytes + DigestBytesMax + 2];
        if (!Convert.TryFromBase64String(encoded, bytes, out var count) || count != SaltBytes + DigestBytes(algorithm))
        {
            throw new ArgumentException(
                $"The password hash is not base64 of a {SaltBytes} byte salt and a digest of {algorithm.Name()}.", nameof(encoded));
        }
        return new PasswordHash(encoded, algorithm, bytes[..count]);
    }

    public bool Matches(ReadOnlySpan<byte> passwordUtf8)
    {
        if (passwordUtf8.IsEmpty || _saltAndDigest.Length == 0) return false;
        Span<byte> digest = stackalloc byte[DigestBytesMax];
        digest = digest[..DigestBytes(Algorithm)];
        Digest(Algorithm, _saltAndDigest.AsSpan(0, SaltBytes), passwordUtf8, digest);
        return CryptographicOperations.FixedTimeEquals(digest, _saltAndDigest.AsSpan(SaltBytes));
    }

    public bool Equals(PasswordHash? other) => other is not null && Algorithm == other.Algorithm && Encoded == other.Encoded;

    public override int GetHashCode() => HashCode.Combine(Algorithm, Encoded);

    public override string ToString() => Encoded;

    private static int DigestBytes(HashingAlgorithm algorithm) => algorithm switch
    {
        HashingAlgorithm.Sha256 => SHA256.HashSizeInBytes,
        HashingAlgorithm.Sha512 => SHA512.HashSizeInBytes,
        HashingAlgorithm.Md5 => MD5.HashSizeInBytes,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
    };

    private static void Digest(HashingAlgorithm algorithm, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> password, Span<byte> destination)
    {
        var name = algorithm switch
        {
            HashingAlgorithm.Sha256 => HashAlgorithmName.SHA256,
            HashingAlgorithm.Sha512 => HashAlgorithmName.SHA512,
            // Only to verify what very old definitions bring along; new hashes are SHA-256.
            HashingAlgorithm.Md5 => HashAlgorithmName.MD5,
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
        };
        using var hash = IncrementalHash.CreateHash(name);
        hash.AppendData(salt);
        hash.AppendData(password);
        hash.GetHashAndReset(destination);
    }
}
