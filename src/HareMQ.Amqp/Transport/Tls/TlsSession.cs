using System.Net.Security;
using System.Security.Authentication;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>What a TLS handshake agreed on, in the words with which RabbitMQ lists it. Only text: no certificate is kept in memory.</summary>
/// <param name="Protocol">For example <c>tlsv1.3</c>.</param>
/// <param name="Suite">The cipher suite's name in the registry, for example <c>TLS_AES_256_GCM_SHA384</c>.</param>
/// <param name="KeyExchange">For example <c>ecdhe_rsa</c>; <c>any</c> with TLS 1.3, whose suites do not name it.</param>
/// <param name="Cipher">For example <c>aes_256_gcm</c>.</param>
/// <param name="Hash">For example <c>sha384</c>; <c>aead</c> for a cipher that authenticates by itself.</param>
/// <param name="Peer">The client's certificate, which was verified; null if it sent none or was not asked.</param>
internal sealed record TlsSession(string Protocol, string Suite, string KeyExchange, string Cipher, string Hash, PeerCertificate? Peer)
{
    public static TlsSession Create(SslProtocols protocol, TlsCipherSuite suite, PeerCertificate? peer)
    {
        var name = suite.ToString();
        var (keyExchange, cipher, hash) = Split(name);
        return new TlsSession(ProtocolName(protocol), name, keyExchange, cipher, hash, peer);
    }

    /// <summary>For a log line.</summary>
    public override string ToString() => $"{Protocol}, {Suite}, {(Peer is null ? "no client certificate" : $"client certificate '{Peer.Subject}'")}";

    /// <summary>TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 has all three parts, TLS_AES_256_GCM_SHA384 (TLS 1.3) only the latter.</summary>
    private static (string KeyExchange, string Cipher, string Hash) Split(string suite)
    {
        var text = suite.ToLowerInvariant();
        if (text.StartsWith("tls_", StringComparison.Ordinal)) text = text["tls_".Length..];
        const string Separator = "_with_";
        var with = text.IndexOf(Separator, StringComparison.Ordinal);
        var keyExchange = with < 0 ? "any" : text[..with];
        var rest = with < 0 ? text : text[(with + Separator.Length)..];
        var isAuthenticated = rest.Contains("_gcm", StringComparison.Ordinal) || rest.Contains("_ccm", StringComparison.Ordinal)
            || rest.Contains("poly1305", StringComparison.Ordinal);
        var last = rest.LastIndexOf('_');
        var endsWithHash = last > 0 && rest.AsSpan(last + 1).StartsWith("sha", StringComparison.Ordinal);
        var cipher = endsWithHash ? rest[..last] : rest;
        return (keyExchange, cipher, isAuthenticated ? "aead" : endsWithHash ? rest[(last + 1)..] : "");
    }

    private static string ProtocolName(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "tlsv1.3",
        SslProtocols.Tls12 => "tlsv1.2",
        _ => protocol.ToString().ToLowerInvariant(),
    };
}
