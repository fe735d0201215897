using System.Security.Authentication;

namespace HareMQ.Hosting;

/// <summary>Encryption of what the broker itself asks of a server. Files are PEM.</summary>
/// <remarks>Read once, when the broker starts. Not thread-safe.</remarks>
public sealed class HareClientTlsOptions
{
    /// <summary>The certificates that the server's must lead to. Null (the default): those that the system trusts.</summary>
    public string? CaCertificateFile { get; set; }

    /// <summary>The certificate to show to a server that asks for one, and behind it the intermediate ones. Null (the default): none.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The certificate's private key. Null (the default): it stands in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The password of an encrypted key (PKCS #8). Null (the default): the key is not encrypted.</summary>
    public string? KeyPassword { get; set; }

    /// <summary>Believes a server only with a good certificate for its name. Default: true.</summary>
    public bool VerifyPeer { get; set; } = true;

    /// <summary>How many intermediate certificates the server's certificate may need to reach a trusted one, 0 to 255. Default: 10.</summary>
    public int Depth { get; set; } = 10;

    /// <summary><see cref="SslProtocols.Tls12"/>, <see cref="SslProtocols.Tls13"/> or both; None (the default) means both.</summary>
    public SslProtocols Protocols { get; set; }

    /// <summary>What is wrong, or null.</summary>
    internal string? FindError(string name)
    {
        if (KeyFile is not null && CertificateFile is null) return $"{name}.CertificateFile is missing; {name}.KeyFile alone identifies nobody";
        if ((Protocols & ~(SslProtocols.Tls12 | SslProtocols.Tls13)) != 0) return $"{name}.Protocols is {Protocols}; allowed: Tls12, Tls13, both";
        return OptionRange.CertificateDepth.Contains(Depth) ? null : $"{name}.Depth is {Depth}; allowed: {OptionRange.CertificateDepth}";
    }
}
