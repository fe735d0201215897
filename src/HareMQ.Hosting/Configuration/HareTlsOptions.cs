using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Hosting;

/// <summary>
/// Encryption of the connections to <see cref="HareBrokerOptions.TlsListeners"/>. Files are PEM. They are read when the broker starts and, when
/// they have changed, at a later handshake; files that cannot be used leave the old certificates in force.
/// </summary>
/// <remarks>Read once, when the broker starts; later changes have no effect. Not thread-safe.</remarks>
public sealed class HareTlsOptions
{
    /// <summary>The certificates that clients' certificates must lead to. Needed with <see cref="VerifyPeer"/>.</summary>
    public string? CaCertificateFile { get; set; }

    /// <summary>The broker's certificate, and behind it the intermediate ones up to the root. Needed with any TLS listener.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The certificate's private key. Null (the default): it stands in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The password of an encrypted key (PKCS #8). Null (the default): the key is not encrypted.</summary>
    public string? KeyPassword { get; set; }

    /// <summary>Asks clients for a certificate and refuses those with a bad one. Default: false.</summary>
    public bool VerifyPeer { get; set; }

    /// <summary>Refuses clients without a certificate; needs <see cref="VerifyPeer"/>. Default: false.</summary>
    public bool FailIfNoPeerCertificate { get; set; }

    /// <summary>How many intermediate certificates a client's certificate may need to reach a trusted one, 0 to 255. Default: 10.</summary>
    public int Depth { get; set; } = 10;

    /// <summary><see cref="SslProtocols.Tls12"/>, <see cref="SslProtocols.Tls13"/> or both; None (the default) means both.</summary>
    public SslProtocols Protocols { get; set; }

    /// <summary>Cipher suites by their names in OpenSSL or in the registry. Empty (the default): the platform's. Not on Windows.</summary>
    public IList<string> CipherSuites { get; set; } = [];

    /// <summary>How long a handshake may take, 100 ms to 10 minutes. Default: 5 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Which user a certificate stands for, with the mechanism <c>EXTERNAL</c>. Default: the whole subject.</summary>
    public HareCertificateLogin LoginFrom { get; set; }

    /// <summary>The kind of alternative name that is the user's. Default: <see cref="HareAlternativeName.Dns"/>.</summary>
    public HareAlternativeName LoginAlternativeName { get; set; }

    /// <summary>Which of several names of that kind, 0 (the default) to 255.</summary>
    public int LoginAlternativeNameIndex { get; set; }

    /// <summary>What is wrong, or null.</summary>
    internal string? FindError(bool hasListeners)
    {
        if (hasListeners && string.IsNullOrEmpty(CertificateFile)) return "Tls.CertificateFile is missing; a TLS listener needs a certificate";
        if (VerifyPeer && string.IsNullOrEmpty(CaCertificateFile))
            return "Tls.CaCertificateFile is missing; Tls.VerifyPeer needs the certificates that clients' certificates must lead to";
        if (FailIfNoPeerCertificate && !VerifyPeer)
            return "Tls.FailIfNoPeerCertificate is true, but without Tls.VerifyPeer no client is asked for a certificate";
        if ((Protocols & ~(SslProtocols.Tls12 | SslProtocols.Tls13)) != 0) return $"Tls.Protocols is {Protocols}; allowed: Tls12, Tls13, both";
        if (!OptionRange.CertificateDepth.Contains(Depth)) return OutOfRange(nameof(Depth), Depth, OptionRange.CertificateDepth);
        if (!OptionRange.AlternativeNameIndex.Contains(LoginAlternativeNameIndex))
            return OutOfRange(nameof(LoginAlternativeNameIndex), LoginAlternativeNameIndex, OptionRange.AlternativeNameIndex);
        if (!OptionRange.HandshakeTimeoutMilliseconds.Contains((long)HandshakeTimeout.TotalMilliseconds))
            return $"Tls.HandshakeTimeout is {HandshakeTimeout}; allowed: {OptionRange.HandshakeTimeoutMilliseconds}";
        if (!Enum.IsDefined(LoginFrom)) return $"Tls.LoginFrom is {LoginFrom}; allowed: {string.Join(", ", Enum.GetNames<HareCertificateLogin>())}";
        if (!Enum.IsDefined(LoginAlternativeName))
            return $"Tls.LoginAlternativeName is {LoginAlternativeName}; allowed: {string.Join(", ", Enum.GetNames<HareAlternativeName>())}";
        return FindCipherSuiteError();
    }

    internal TlsOptions ToTlsOptions() => new()
    {
        CaCertificateFile = CaCertificateFile,
        CertificateFile = CertificateFile!,
        KeyFile = KeyFile,
        KeyPassword = KeyPassword,
        Protocols = Protocols == SslProtocols.None ? SslProtocols.Tls12 | SslProtocols.Tls13 : Protocols,
        CipherSuites = [.. CipherSuites.Select(name => CipherSuiteName.TryParse(name, out var suite) ? suite : default)],
        VerifyPeer = VerifyPeer,
        FailIfNoPeerCertificate = FailIfNoPeerCertificate,
        Depth = Depth,
        HandshakeTimeout = HandshakeTimeout,
        LoginFrom = (LoginNameSource)LoginFrom,
        LoginSanType = LoginAlternativeName switch
        {
            HareAlternativeName.Ip => AlternativeNameType.Ip,
            HareAlternativeName.Email => AlternativeNameType.Email,
            HareAlternativeName.Uri => AlternativeNameType.Uri,
            HareAlternativeName.OtherName => AlternativeNameType.OtherName,
            _ => AlternativeNameType.Dns,
        },
        LoginSanIndex = LoginAlternativeNameIndex,
    };

    private string? FindCipherSuiteError()
    {
        if (CipherSuites is null) return "Tls.CipherSuites is null; allowed: not null";
        var unknown = CipherSuites.FirstOrDefault(name => !CipherSuiteName.TryParse(name, out _));
        if (unknown is not null) return $"Tls.CipherSuites has '{unknown}'; allowed: names of OpenSSL or of the registry (TLS_...)";
        if (CipherSuites.Count == 0) return null;
        if (OperatingSystem.IsWindows() || OperatingSystem.IsAndroid())
            return "Tls.CipherSuites cannot be chosen on this platform: its administrator decides for all programs";
        try
        {
            _ = new CipherSuitesPolicy(ToTlsOptions().CipherSuites);
            return null;
        }
        catch (PlatformNotSupportedException)
        {
            return "Tls.CipherSuites cannot be chosen with this platform's TLS library";
        }
    }

    private static string OutOfRange(string option, int value, OptionRange range) =>
        string.Create(CultureInfo.InvariantCulture, $"Tls.{option} is {value}; allowed: {range}");
}
