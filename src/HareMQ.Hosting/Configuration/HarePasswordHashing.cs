namespace HareMQ.Hosting;

/// <summary>How passwords are hashed.</summary>
public enum HarePasswordHashing
{
    /// <summary>SHA-256 with a salt, RabbitMQ's default.</summary>
    Sha256,

    /// <summary>SHA-512 with a salt.</summary>
    Sha512,
}
