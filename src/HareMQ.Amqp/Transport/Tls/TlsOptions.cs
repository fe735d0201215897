using System.Net.Security;
using System.Security.Authentication;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>How connections to TLS listeners are encrypted and whose certificates are believed.</summary>
internal sealed record TlsOptions
{
    /// <summary>PEM; the certificates that clients' certificates must lead to.</summary>
    public string? CaCertificateFile { get; init; }

    /// <summary>PEM; the server's certificate first, intermediate ones behind it.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>PEM; null: the key stands in the certificate's file.</summary>
    public string? KeyFile { get; init; }

    public string? KeyPassword { get; init; }

    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Empty: the platform's choice.</summary>
    public IReadOnlyList<TlsCipherSuite> CipherSuites { get; init; } = [];

    /// <summary>Clients are asked for a certificate, and one that is sent must be good.</summary>
    public bool VerifyPeer { get; init; }

    /// <summary>A client without one is refused.</summary>
    public bool FailIfNoPeerCertificate { get; init; }

    /// <summary>How many intermediate certificates may stand between a client's certificate and a trusted one.</summary>
    public int Depth { get; init; } = 10;

    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public LoginNameSource LoginFrom { get; init; }

    public AlternativeNameType LoginSanType { get; init; } = AlternativeNameType.Dns;

    /// <summary>Which of several names of that type; the first is 0.</summary>
    public int LoginSanIndex { get; init; }
}
