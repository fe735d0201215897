using System.Globalization;
using System.Net;
using HareMQ.Broker;

namespace HareMQ.Hosting;

/// <summary>Every key that has an effect, and what it sets. docs/configuration.md has the same table with defaults.</summary>
internal static class ConfigurationKeys
{
    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.Of("listeners.tcp", "none", (string text, out IList<IPEndPoint> value) =>
        {
            value = [];
            return text == "none";
        }, (settings, _, none) => settings.Broker.Listeners = none),
        ConfigurationKey.Of<IPEndPoint?>("listeners.tcp.*", ListenerAddress.Expected, ListenerAddress.TryParse,
            (settings, _, listener) => (settings.Broker.Listeners ??= []).Add(listener!)),
        .. TlsConfigurationKeys.All,
        .. DefinitionsConfigurationKeys.All,
        .. OAuth2ConfigurationKeys.All,
        .. LimitConfigurationKeys.All,
        .. VirtualHostConfigurationKeys.All,
        ConfigurationKey.Switch("reverse_dns_lookups", (settings, _, on) => settings.Broker.ReverseDnsLookups = on),
        ConfigurationKey.Switch("proxy_protocol", (settings, _, on) => settings.Broker.ProxyProtocol = on),
        ConfigurationKey.Integer("tcp_listen_options.backlog", OptionRange.Backlog, (settings, value) => settings.Broker.Backlog = value),
        ConfigurationKey.Switch("tcp_listen_options.nodelay", (settings, _, on) => settings.Broker.TcpNoDelay = on),
        ConfigurationKey.Switch("tcp_listen_options.keepalive", (settings, _, on) => settings.Broker.TcpKeepAlive = on),
        ConfigurationKey.Size("tcp_listen_options.sndbuf", OptionRange.SocketBufferBytes,
            (settings, value) => settings.Broker.SocketSendBufferBytes = value),
        ConfigurationKey.Size("tcp_listen_options.recbuf", OptionRange.SocketBufferBytes,
            (settings, value) => settings.Broker.SocketReceiveBufferBytes = value),

        .. ManagementConfigurationKeys.All,

        .. PrometheusConfigurationKeys.All,

        ConfigurationKey.Integer("handshake_timeout", OptionRange.HandshakeTimeoutMilliseconds,
            (settings, value) => settings.Broker.HandshakeTimeout = TimeSpan.FromMilliseconds(value)),
        ConfigurationKey.Integer("heartbeat", OptionRange.HeartbeatSeconds, (settings, value) => settings.Broker.HeartbeatSeconds = value),
        ConfigurationKey.Integer("frame_max", OptionRange.FrameMaxBytes, (settings, value) => settings.Broker.FrameMaxBytes = value),
        ConfigurationKey.Integer("initial_frame_max", OptionRange.InitialFrameMaxBytes,
            (settings, value) => settings.Broker.InitialFrameMaxBytes = value),
        ConfigurationKey.Integer("channel_max", OptionRange.ChannelMax, (settings, value) => settings.Broker.ChannelMax = value),
        ConfigurationKey.Integer("max_channels_per_connection", OptionRange.ChannelMax,
            (settings, value) => settings.Broker.ChannelMax = value),
        ConfigurationKey.Limit("consumer_max_per_channel", OptionRange.ConsumersPerChannel,
            (settings, value) => settings.Broker.ConsumerMaxPerChannel = value),
        ConfigurationKey.Limit("connection_max", OptionRange.Limit, (settings, value) => settings.Broker.MaxConnections = value),
        ConfigurationKey.Limit("max_connections", OptionRange.Limit, (settings, value) => settings.Broker.MaxConnections = value),
        ConfigurationKey.Size("max_message_size", OptionRange.MaxMessageBytes,
            (settings, value) => settings.Broker.MaxMessageBytes = value),
        ConfigurationKey.Of("consumer_timeout", $"{OptionRange.ConsumerTimeoutMilliseconds}, or infinity (also: undefined)",
            (string text, out TimeSpan? value) => TryConsumerTimeout(text, out value),
            (settings, _, value) => settings.Broker.ConsumerTimeout = value),

        ConfigurationKey.Share("vm_memory_high_watermark.relative", OptionRange.MemoryShare,
            (settings, value) => settings.Broker.MemoryHighWatermark = value),
        ConfigurationKey.Bytes("vm_memory_high_watermark.absolute", OptionRange.ResourceBytes,
            (settings, value) => settings.Broker.MemoryHighWatermarkBytes = value),
        ConfigurationKey.Share("disk_free_limit.relative", OptionRange.DiskShare,
            (settings, value) => settings.Broker.DiskFreeLimit = value),
        ConfigurationKey.Bytes("disk_free_limit.absolute", OptionRange.ResourceBytes,
            (settings, value) => settings.Broker.DiskFreeLimitBytes = value),
        ConfigurationKey.Integer("memory_monitor_interval", OptionRange.MemoryIntervalMilliseconds,
            (settings, value) => settings.Broker.MemoryMonitorInterval = TimeSpan.FromMilliseconds(value)),
        ConfigurationKey.Bytes("total_memory_available_override_value", OptionRange.MemoryTotalBytes,
            (settings, value) => settings.Broker.TotalMemoryBytes = value),

        ConfigurationKey.Choice("auth_mechanisms.*",
            [.. HareBrokerOptions.KnownAuthMechanisms.Select(mechanism => (mechanism, mechanism))], AddAuthMechanism),
        ConfigurationKey.Text("anonymous_login_user",
            (settings, value) => settings.Broker.AnonymousLoginUser = value == "none" ? null : value),
        ConfigurationKey.Text("anonymous_login_pass", (settings, value) => settings.Broker.AnonymousLoginPassword = value, isSecret: true),
        ConfigurationKey.Text("default_vhost", (settings, value) => settings.Broker.DefaultVirtualHost = value),
        ConfigurationKey.Text("default_user", (settings, value) => settings.Broker.DefaultUser = value),
        ConfigurationKey.Text("default_pass", (settings, value) => settings.Broker.DefaultPassword = value, isSecret: true),
        ConfigurationKey.Switch("default_user_tags.*", (settings, tag, on) => Include(settings.Broker.DefaultUserTags, tag, on)),
        ConfigurationKey.Permission("default_permissions.configure", (permissions, pattern) => permissions with { Configure = pattern }),
        ConfigurationKey.Permission("default_permissions.write", (permissions, pattern) => permissions with { Write = pattern }),
        ConfigurationKey.Permission("default_permissions.read", (permissions, pattern) => permissions with { Read = pattern }),
        ConfigurationKey.Choice("loopback_users", [("none", true)], (settings, _) => settings.Broker.LoopbackUsers.Clear()),
        ConfigurationKey.Switch("loopback_users.*", (settings, user, on) => Include(settings.Broker.LoopbackUsers, user, on)),

        ConfigurationKey.Text("data_dir", (settings, value) => settings.Broker.DataDirectory = value),
        ConfigurationKey.Choice("durability", [("fsync", HareDurability.Fsync), ("os", HareDurability.Os)],
            (settings, value) => settings.Broker.Durability = value),
        ConfigurationKey.Of("control_socket", "a path of at most about 100 bytes, or none",
            (string text, out string value) =>
            {
                value = text;
                return text.Length > 0 && ControlSocketPath.IsPossible(text);
            }, (settings, _, path) =>
                (settings.ControlSocketEnabled, settings.ControlSocket) = path == "none" ? (false, null) : (true, path)),
        ConfigurationKey.Text("node_name", (settings, value) => settings.Broker.NodeName = value),
        ConfigurationKey.Text("cluster_name", (settings, value) => settings.Broker.ClusterName = value),

        ConfigurationKey.Switch("event_exchange", (settings, _, on) => settings.Broker.EventExchange = on),
        ConfigurationKey.Text("event_exchange.vhost", (settings, value) => settings.Broker.EventExchangeVirtualHost = value),

        .. LogConfigurationKeys.All,
    ];

    /// <summary>Applies the settings in their order; of several for one key only the last counts.</summary>
    /// <returns>A warning for each key that is understood and has no meaning here.</returns>
    /// <exception cref="ConfigurationException">A key is unknown or unsupported, or its value is not usable.</exception>
    public static IReadOnlyList<string> Apply(ServerSettings settings, IReadOnlyList<Setting> assignments)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < assignments.Count; i++) last[assignments[i].Key] = i;
        var warnings = new List<string>();
        for (var i = 0; i < assignments.Count; i++)
            if (last[assignments[i].Key] == i && ApplyOne(settings, assignments[i]) is { } warning)
                warnings.Add(warning);
        settings.Complete();
        return warnings;
    }

    private static string? ApplyOne(ServerSettings settings, Setting setting)
    {
        if (Find(setting.Key) is not { } key) return RabbitMqKeys.TryAccept(setting, out var warning) ? warning : throw Unknown(setting);
        if (setting.Value.StartsWith("encrypted:", StringComparison.Ordinal))
            throw setting.Error($"{setting.Key}: encrypted values are not supported by this version");
        if (key.TryApply(settings, setting)) return null;
        var shown = key.Show(setting.Key, setting.Value) is { } value ? $"'{value}'" : "the value";
        throw setting.Error($"{setting.Key}: {shown} is not usable; expected: {key.Expected}");
    }

    private static ConfigurationKey? Find(string name)
    {
        foreach (var key in All)
            if (KeyPattern.Matches(key.Name, name))
                return key;
        return null;
    }

    private static ConfigurationException Unknown(Setting setting)
    {
        var nearest = NearestName.Find(setting.Key, All.Select(key => KeyPattern.Resembling(key.Name, setting.Key)));
        var advice = nearest is null ? "docs/configuration.md lists the keys" : $"did you mean '{nearest}'?";
        return setting.Error($"unknown key '{setting.Key}'; {advice}");
    }

    /// <summary>"undefined" is how RabbitMQ's older configuration format switches it off.</summary>
    private static bool TryConsumerTimeout(string text, out TimeSpan? timeout)
    {
        timeout = null;
        if (text is "infinity" or "undefined") return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)) return false;
        if (!OptionRange.ConsumerTimeoutMilliseconds.Contains(milliseconds)) return false;
        timeout = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    private static void AddAuthMechanism(ServerSettings settings, string mechanism)
    {
        if (!settings.AuthMechanismsConfigured) settings.Broker.AuthMechanisms = [];
        settings.AuthMechanismsConfigured = true;
        if (!settings.Broker.AuthMechanisms.Contains(mechanism)) settings.Broker.AuthMechanisms.Add(mechanism);
    }

    private static void Include(ISet<string> set, string member, bool included)
    {
        if (included) set.Add(member);
        else set.Remove(member);
    }
}
