using System.Globalization;
using System.Net;

namespace HareMQ.Hosting;

/// <summary>The keys of the HTTP API, among <see cref="ConfigurationKeys"/>; those of its certificates are in <see cref="TlsConfigurationKeys"/>.</summary>
internal static class ManagementConfigurationKeys
{
    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.HttpPort("management.tcp.port", (settings, port) =>
        {
            settings.ManagementTcpConfigured = true;
            settings.Broker.ManagementPort = port;
        }),
        ConfigurationKey.Of<IPAddress?>("management.tcp.ip", ConfigurationKey.AnAddress, IPAddress.TryParse, (settings, _, address) =>
        {
            settings.ManagementTcpConfigured = true;
            settings.Broker.ManagementAddress = address;
        }),
        ConfigurationKey.HttpPort("management.ssl.port", (settings, port) =>
        {
            settings.ManagementTlsPortConfigured = true;
            settings.Broker.ManagementTlsPort = port;
        }),
        ConfigurationKey.Of<IPAddress?>("management.ssl.ip", ConfigurationKey.AnAddress, IPAddress.TryParse,
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
        ConfigurationKey.Switch("management.enable_queue_totals", (settings, _, on) => settings.Broker.Management.EnableQueueTotals = on),
        ConfigurationKey.Choice("management.rates_mode",
            [("basic", HareRatesMode.Basic), ("detailed", HareRatesMode.Detailed), ("none", HareRatesMode.None)],
            (settings, mode) => settings.Broker.Management.RatesMode = mode),
        ConfigurationKey.Switch("management.restrictions.operator_policy_changes.disabled",
            (settings, _, on) => settings.Broker.Management.DisableOperatorPolicyChanges = on),
        Retention("management.sample_retention_policies.global.*", settings => settings.GlobalSamples),
        Retention("management.sample_retention_policies.basic.*", settings => settings.BasicSamples),
        ConfigurationKey.Size("management.http.max_body_size", OptionRange.BodyBytes,
            (settings, bytes) => settings.Broker.Management.MaxBodyBytes = bytes),
    ];

    private static ConfigurationKey Header(string key, string header) =>
        ConfigurationKey.Text(key, (settings, value) => settings.Broker.Management.ResponseHeaders[header] = value);

    /// <summary>The member is a period: <c>minute</c>, <c>hour</c>, <c>day</c> or a number of seconds.</summary>
    private static ConfigurationKey Retention(string name, Func<ServerSettings, IDictionary<TimeSpan, TimeSpan>> samples) =>
        ConfigurationKey.Record(name,
            $"PERIOD = SECONDS, with minute, hour, day or {OptionRange.SamplePeriodSeconds} for the period, and from one sample to the next "
                + $"5 seconds to that period, at most {OptionRange.SamplesMax} times in it",
            (settings, member, text) =>
            {
                if (!TryPeriod(member, out var period) || !TrySeconds(text, out var interval)) return false;
                if (!HareManagementOptions.IsRetention(period, interval)) return false;
                samples(settings)[period] = interval;
                return true;
            });

    private static bool TryPeriod(string text, out TimeSpan period)
    {
        period = text switch
        {
            "minute" => TimeSpan.FromMinutes(1),
            "hour" => TimeSpan.FromHours(1),
            "day" => TimeSpan.FromDays(1),
            _ => default,
        };
        return period != default || TrySeconds(text, out period);
    }

    private static bool TrySeconds(string text, out TimeSpan time)
    {
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        time = TimeSpan.FromSeconds(seconds);
        return isNumber;
    }
}
