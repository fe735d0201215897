using System.Net.Security;
using System.Security.Authentication;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Amqp.Tests.Transport.Tls;

public sealed class TlsSessionTests
{
    [Theory]
    [InlineData(TlsCipherSuite.TLS_AES_256_GCM_SHA384, "any", "aes_256_gcm", "aead")]
    [InlineData(TlsCipherSuite.TLS_AES_128_CCM_8_SHA256, "any", "aes_128_ccm_8", "aead")]
    [InlineData(TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, "any", "chacha20_poly1305", "aead")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ecdhe_rsa", "aes_256_gcm", "aead")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, "ecdhe_ecdsa", "aes_128_cbc", "sha256")]
    [InlineData(TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA, "rsa", "aes_128_cbc", "sha")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM, "ecdhe_ecdsa", "aes_128_ccm", "aead")]
    public void A_suite_is_listed_in_its_parts(TlsCipherSuite suite, string keyExchange, string cipher, string hash)
    {
        var session = TlsSession.Create(SslProtocols.Tls12, suite, null);
        Assert.Equal(("tlsv1.2", keyExchange, cipher, hash), (session.Protocol, session.KeyExchange, session.Cipher, session.Hash));
    }

    [Theory]
    [InlineData("ECDHE-RSA-AES256-GCM-SHA384", TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)]
    [InlineData("ECDHE-ECDSA-CHACHA20-POLY1305", TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256)]
    [InlineData("DHE-RSA-AES128-SHA256", TlsCipherSuite.TLS_DHE_RSA_WITH_AES_128_CBC_SHA256)]
    [InlineData("AES128-SHA", TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA)]
    [InlineData("TLS_AES_128_GCM_SHA256", TlsCipherSuite.TLS_AES_128_GCM_SHA256)]
    [InlineData("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)]
    public void A_suite_has_a_name_of_OpenSSL_and_one_of_the_registry(string name, TlsCipherSuite suite)
    {
        Assert.True(CipherSuiteName.TryParse(name, out var parsed));
        Assert.Equal(suite, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HIGH")]
    [InlineData("4865")]
    [InlineData("TLS_NOTHING")]
    [InlineData("ECDHE-RSA-AES256-CCM")]
    public void Other_names_are_none(string name) => Assert.False(CipherSuiteName.TryParse(name, out _));
}
