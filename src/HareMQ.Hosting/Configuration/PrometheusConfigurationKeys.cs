using System.Net;

namespace HareMQ.Hosting;

/// <summary>
/// The keys of metrics, among <see cref="ConfigurationKeys"/>; those of their certificates are in <see cref="TlsConfigurationKeys"/>.
/// </summary>
internal static class PrometheusConfigurationKeys
{
    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.HttpPort("prometheus.tcp.port", (settings, port) =>
        {
            settings.PrometheusTcpConfigured = true;
            settings.Broker.PrometheusPort = port;
        }),
        ConfigurationKey.Of<IPAddress?>("prometheus.tcp.ip", ConfigurationKey.AnAddress, IPAddress.TryParse, (settings, _, address) =>
        {
            settings.PrometheusTcpConfigured = true;
            settings.Broker.PrometheusAddress = address;
        }),
        ConfigurationKey.HttpPort("prometheus.ssl.port", (settings, port) =>
        {
            settings.PrometheusTlsPortConfigured = true;
            settings.Broker.PrometheusTlsPort = port;
        }),
        ConfigurationKey.Of<IPAddress?>("prometheus.ssl.ip", ConfigurationKey.AnAddress, IPAddress.TryParse,
            (settings, _, address) => settings.Broker.PrometheusTlsAddress = address),
        ConfigurationKey.Of("prometheus.path", HareBrokerOptions.ExpectedHttpPath, (string text, out string path) =>
        {
            path = text;
            return HareBrokerOptions.IsHttpPath(text);
        }, (settings, _, path) => settings.Broker.PrometheusPath = path),
        ConfigurationKey.Switch("prometheus.return_per_object_metrics",
            (settings, _, on) => settings.Broker.PrometheusPerObjectMetrics = on),
        ConfigurationKey.Pattern("prometheus.filter_aggregated_queue_metrics_pattern",
            (settings, pattern) => settings.Broker.PrometheusQueuesLeftOut = pattern),
    ];
}
