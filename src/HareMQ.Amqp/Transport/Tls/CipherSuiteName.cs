using System.Net.Security;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>Cipher suites as configuration names them: by OpenSSL's names, as RabbitMQ does, or by those of the registry.</summary>
internal static class CipherSuiteName
{
    /// <summary>OpenSSL's names of suites of TLS 1.2; those of TLS 1.3 have the registry's names there too.</summary>
    private static readonly Dictionary<string, TlsCipherSuite> s_openSslNames = Suites();

    public static bool TryParse(string name, out TlsCipherSuite suite)
    {
        if (s_openSslNames.TryGetValue(name, out suite)) return true;
        return name.StartsWith("TLS_", StringComparison.Ordinal) && Enum.TryParse(name, out suite) && Enum.IsDefined(suite);
    }

    private static Dictionary<string, TlsCipherSuite> Suites()
    {
        (string OpenSsl, string Registry)[] exchanges =
        [
            ("ECDHE-ECDSA-", "TLS_ECDHE_ECDSA_WITH_"), ("ECDHE-RSA-", "TLS_ECDHE_RSA_WITH_"), ("DHE-RSA-", "TLS_DHE_RSA_WITH_"),
            ("", "TLS_RSA_WITH_"),
        ];
        (string OpenSsl, string Registry)[] ciphers =
        [
            ("AES128-GCM-SHA256", "AES_128_GCM_SHA256"), ("AES256-GCM-SHA384", "AES_256_GCM_SHA384"),
            ("CHACHA20-POLY1305", "CHACHA20_POLY1305_SHA256"), ("AES128-CCM", "AES_128_CCM"), ("AES256-CCM", "AES_256_CCM"),
            ("AES128-SHA256", "AES_128_CBC_SHA256"), ("AES256-SHA384", "AES_256_CBC_SHA384"), ("AES256-SHA256", "AES_256_CBC_SHA256"),
            ("AES128-SHA", "AES_128_CBC_SHA"), ("AES256-SHA", "AES_256_CBC_SHA"),
        ];
        var names = new Dictionary<string, TlsCipherSuite>(StringComparer.Ordinal);
        foreach (var exchange in exchanges)
        {
            foreach (var cipher in ciphers)
            {
                // Not every combination exists.
                if (Enum.TryParse<TlsCipherSuite>(exchange.Registry + cipher.Registry, out var suite))
                    names.Add(exchange.OpenSsl + cipher.OpenSsl, suite);
            }
        }

        return names;
    }
}
