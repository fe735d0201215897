using System.Globalization;
using System.Net;

namespace HareMQ.Hosting;

/// <summary>The keys of the HTTP API, among <see cref="ConfigurationKeys"/>; those of its certificates are in <see cref="TlsConfigurationKeys"/>.</summary>
internal static class ManagementConfigurationKeys
{
    private const string AnAddress = "an IPv4 or IPv6 address";

    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        Port("management.tcp.port", (settings, port) =>
        {
            settings.ManagementTcpConfigured = true;
            settings.Broker.ManagementPort = port;
        }),
        ConfigurationKey.Of<IPAddress?>("management.tcp.ip", AnAddress, IPAddress.TryParse, (settings, _, address) =>
        {
            settings.ManagementTcpConfigured = true;
            settings.Broker.ManagementAddress = address;
        }),
        Port("management.ssl.port", (settings, port) =>
        {
            settings.ManagementTlsPortConfigured = true;
            settings.Broker.ManagementTlsPort = port;
        }),
        ConfigurationKey.Of<IPAddress?>("management.ssl.ip", AnAddress, IPAddress.TryParse,
            (settings, _, address) => settings.Broker.ManagementTlsAddress = address),
        ConfigurationKey.Text("management.path_prefix", (settings, value) => settings.Broker.Management.PathPrefix = value),
        ConfigurationKey.Text("management.cors.allow_origins.*", (settings, _, origin) => settings.Broker.Management.CorsOrigins.Add(origin)),
        ConfigurationKey.Integer("management.cors.max_age", OptionRange.Limit,
            (settings, seconds) => settings.Broker.Management.CorsMaxAgeSeconds = seconds),
        Header("management.csp.policy", "Content-Security-Policy"),
        Header("management.hsts.policy", "Strict-Transport-Security"),
        Header("management.headers.content_type_options", "X-Content-Type-Options"),
        Header("management.headers.frame_options", "X-Frame-Options"),
        Header("management.headers.xss_protection", "X-XSS-Protection"),
        ConfigurationKey.Switch("management.disable_stats", (settings, _, on) => settings.Broker.Management.DisableStatistics = on),
        ConfigurationKey.Size("management.http.max_body_size", OptionRange.BodyBytes,
            (settings, bytes) => settings.Broker.Management.MaxBodyBytes = bytes),
    ];

    private static ConfigurationKey Header(string key, string header) =>
        ConfigurationKey.Text(key, (settings, value) => settings.Broker.Management.ResponseHeaders[header] = value);

    private static ConfigurationKey Port(string name, Action<ServerSettings, int?> set) =>
        ConfigurationKey.Of(name, $"{OptionRange.Port}, or none", (string text, out int? port) =>
        {
            port = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && OptionRange.Port.Contains(number)
                ? number
                : null;
            return port is not null || text == "none";
        }, (settings, _, port) => set(settings, port));
}
