using System.Globalization;
using HareMQ.Management.Control;

namespace HareMQ.Hosting;

/// <summary>The configuration that a broker runs with, key by key, as the configuration file would spell it. Secrets are masked.</summary>
internal static class EffectiveConfiguration
{
    private const string Masked = "********";

    /// <summary>
    /// What was set, with the place where it was, and the defaults of the rest; a key whose default is "not set" is left out.
    /// </summary>
    public static IReadOnlyList<EffectiveSetting> Describe(ServerSettings settings, IReadOnlyList<Setting> assignments)
    {
        var shown = new List<EffectiveSetting>();
        var assigned = assignments.GroupBy(one => one.Key, StringComparer.Ordinal)
            .Select(group => group.Last()).ToDictionary(one => one.Key, StringComparer.Ordinal);
        var defaults = Defaults(settings).ToLookup(one => one.Pattern, one => (one.Key, one.Value));
        foreach (var key in ConfigurationKeys.All)
        {
            var set = assigned.Values.Where(one => KeyPattern.Matches(key.Name, one.Key)).OrderBy(one => one.Key, StringComparer.Ordinal);
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (var one in set)
            {
                known.Add(one.Key);
                shown.Add(new EffectiveSetting(one.Key, key.Show(one.Key, one.Value) ?? Masked, one.Source));
            }

            foreach (var (name, value) in defaults[key.Name])
                if (known.Add(name)) shown.Add(new EffectiveSetting(name, key.Show(name, value) ?? Masked, ""));
        }

        return shown;
    }

    /// <summary>The options' values under their keys. A family is shown by its members.</summary>
    private static IEnumerable<(string Pattern, string Key, string Value)> Defaults(ServerSettings settings)
    {
        var broker = settings.Broker;
        if (broker.Listeners is null) yield return ("listeners.tcp.*", "listeners.tcp.default", $"{broker.EffectiveListeners[0]}");
        foreach (var (key, value) in Singles(settings))
            if (value is not null) yield return (key, key, value);
        for (var i = 0; !settings.AuthMechanismsConfigured && i < broker.AuthMechanisms.Count; i++)
            yield return ("auth_mechanisms.*", $"auth_mechanisms.{i + 1}", broker.AuthMechanisms[i]);
        foreach (var tag in broker.DefaultUserTags) yield return ("default_user_tags.*", $"default_user_tags.{tag}", "true");
        foreach (var user in broker.LoopbackUsers) yield return ("loopback_users.*", $"loopback_users.{user}", "true");
    }

    private static IEnumerable<(string Key, string? Value)> Singles(ServerSettings settings) =>
        Network(settings.Broker).Concat(Limits(settings.Broker)).Concat(Users(settings.Broker)).Concat(Node(settings));

    private static (string, string?)[] Network(HareBrokerOptions broker) =>
    [
        ("proxy_protocol", Text(broker.ProxyProtocol)),
        ("tcp_listen_options.backlog", Text(broker.Backlog)),
        ("tcp_listen_options.nodelay", Text(broker.TcpNoDelay)),
        ("ssl_options.verify", broker.TlsListeners.Count == 0 ? null : broker.Tls.VerifyPeer ? "verify_peer" : "verify_none"),
        ("ssl_options.fail_if_no_peer_cert", broker.TlsListeners.Count == 0 ? null : Text(broker.Tls.FailIfNoPeerCertificate)),
        ("ssl_options.depth", broker.TlsListeners.Count == 0 ? null : Text(broker.Tls.Depth)),
        ("management.tcp.port", broker.ManagementPort is { } port ? Text(port) : "none"),
        ("management.tcp.ip", broker.EffectiveManagementListener?.Address.ToString()),
    ];

    private static (string, string?)[] Limits(HareBrokerOptions broker) =>
    [
        ("handshake_timeout", Milliseconds(broker.HandshakeTimeout)),
        ("heartbeat", Text(broker.HeartbeatSeconds)),
        ("frame_max", Text(broker.FrameMaxBytes)),
        ("channel_max", Text(broker.ChannelMax)),
        ("consumer_max_per_channel", Limit(broker.ConsumerMaxPerChannel)),
        ("connection_max", Limit(broker.MaxConnections)),
        ("max_message_size", Text(broker.MaxMessageBytes)),
        ("consumer_timeout", broker.ConsumerTimeout is { } timeout ? Milliseconds(timeout) : "infinity"),
        ("vm_memory_high_watermark.relative", broker.MemoryHighWatermarkBytes is null ? Text(broker.MemoryHighWatermark) : null),
        ("disk_free_limit.absolute", broker.DiskFreeLimit is null ? Text(broker.DiskFreeLimitBytes ?? 50_000_000) : null),
        ("memory_monitor_interval", Milliseconds(broker.MemoryMonitorInterval)),
    ];

    private static (string, string?)[] Users(HareBrokerOptions broker) =>
    [
        ("anonymous_login_user", IsAnonymous(broker) ? broker.AnonymousLoginUser : null),
        ("anonymous_login_pass", IsAnonymous(broker) ? broker.AnonymousLoginPassword : null),
        ("default_vhost", broker.DefaultVirtualHost),
        ("default_queue_type", HareBroker.NameOf(broker.DefaultQueueType)),
        ("default_user", broker.DefaultUser),
        ("default_pass", broker.DefaultPassword),
        ("default_permissions.configure", broker.DefaultPermissions.Configure),
        ("default_permissions.write", broker.DefaultPermissions.Write),
        ("default_permissions.read", broker.DefaultPermissions.Read),
    ];

    private static bool IsAnonymous(HareBrokerOptions broker) => broker.AuthMechanisms.Contains(HareBrokerOptions.AnonymousMechanism);

    private static (string, string?)[] Node(ServerSettings settings) =>
    [
        ("data_dir", settings.Broker.DataDirectory),
        ("durability", settings.Broker.Durability == HareDurability.Fsync ? "fsync" : "os"),
        ("node_name", settings.Broker.NodeName),
        ("cluster_name", settings.Broker.EffectiveClusterName),
        ("control_socket", ControlSocketPath.Find(settings, out _) ?? "none"),
        ("log.console", Text(settings.Log.Enabled)),
        ("log.console.level", LogLevelName.Of(settings.Log.Level)),
        ("log.console.formatter", settings.Log.Format == ConsoleLogFormat.Json ? "json" : "plaintext"),
    ];

    private static string Text(bool value) => value ? "true" : "false";

    private static string Limit(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "infinity";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan value) => Text((long)value.TotalMilliseconds);
}
