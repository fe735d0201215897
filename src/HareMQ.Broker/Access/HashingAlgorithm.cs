using System.Diagnostics.CodeAnalysis;

namespace HareMQ.Broker.Access;

internal enum HashingAlgorithm
{
    Sha256,
    Sha512,
    Md5,
}

internal static class HashingAlgorithms
{
    /// <summary>The name that definitions and the HTTP API use.</summary>
    public static string Name(this HashingAlgorithm algorithm) => algorithm switch
    {
        HashingAlgorithm.Sha256 => "rabbit_password_hashing_sha256",
        HashingAlgorithm.Sha512 => "rabbit_password_hashing_sha512",
        HashingAlgorithm.Md5 => "rabbit_password_hashing_md5",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
    };

    public static bool TryParse([NotNullWhen(true)] string? name, out HashingAlgorithm algorithm)
    {
        (var known, algorithm) = name switch
        {
            "rabbit_password_hashing_sha256" => (true, HashingAlgorithm.Sha256),
            "rabbit_password_hashing_sha512" => (true, HashingAlgorithm.Sha512),
            "rabbit_password_hashing_md5" => (true, HashingAlgorithm.Md5),
            _ => (false, default),
        };
        return known;
    }
}
