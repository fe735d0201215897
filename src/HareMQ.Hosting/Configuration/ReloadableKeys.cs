namespace HareMQ.Hosting;

/// <summary>What a running broker can change, in groups that are applied together.</summary>
[Flags]
internal enum ReloadGroups
{
    None = 0,
    Amqp = 1,
    ConsumerTimeout = 1 << 1,
    Tls = 1 << 2,
    ManagementTls = 1 << 3,
    Memory = 1 << 4,
    Disk = 1 << 5,
    LoopbackUsers = 1 << 6,
    Log = 1 << 7,
    PrometheusTls = 1 << 8,
}

/// <summary>The keys that take effect when the configuration is read again; all others need a restart.</summary>
internal static class ReloadableKeys
{
    /// <summary>The first pattern that matches decides.</summary>
    private static readonly (string Pattern, ReloadGroups Group)[] s_groups =
    [
        ("anonymous_login_pass", ReloadGroups.Amqp),
        ("anonymous_login_user", ReloadGroups.Amqp),
        ("auth_mechanisms.*", ReloadGroups.Amqp),
        ("channel_max", ReloadGroups.Amqp),
        ("connection_max", ReloadGroups.Amqp),
        ("consumer_max_per_channel", ReloadGroups.Amqp),
        ("consumer_timeout", ReloadGroups.ConsumerTimeout),
        ("disk_free_limit.*", ReloadGroups.Disk),
        ("frame_max", ReloadGroups.Amqp),
        ("handshake_timeout", ReloadGroups.Amqp),
        ("heartbeat", ReloadGroups.Amqp),
        ("initial_frame_max", ReloadGroups.Amqp),
        ("log.console", ReloadGroups.Log),
        ("log.console.*", ReloadGroups.Log),
        ("log.file.formatter", ReloadGroups.Log),
        ("log.file.level", ReloadGroups.Log),
        ("log.file.*", ReloadGroups.None),
        ("log.exchange", ReloadGroups.None),
        ("log.dir", ReloadGroups.None),
        ("log.file", ReloadGroups.None),
        ("log.*", ReloadGroups.Log),
        ("loopback_users", ReloadGroups.LoopbackUsers),
        ("loopback_users.*", ReloadGroups.LoopbackUsers),
        ("management.ssl.ip", ReloadGroups.None),
        ("management.ssl.port", ReloadGroups.None),
        ("management.ssl.*", ReloadGroups.ManagementTls),
        ("max_channels_per_connection", ReloadGroups.Amqp),
        ("max_connections", ReloadGroups.Amqp),
        ("max_message_size", ReloadGroups.Amqp),
        ("prometheus.ssl.ip", ReloadGroups.None),
        ("prometheus.ssl.port", ReloadGroups.None),
        ("prometheus.ssl.*", ReloadGroups.PrometheusTls),
        ("ssl_cert_login_from", ReloadGroups.Tls),
        ("ssl_cert_login_san_index", ReloadGroups.Tls),
        ("ssl_cert_login_san_type", ReloadGroups.Tls),
        ("ssl_handshake_timeout", ReloadGroups.Tls),
        // The HTTP API and metrics take them too where they have none of their own.
        ("ssl_options.*", ReloadGroups.Tls | ReloadGroups.ManagementTls | ReloadGroups.PrometheusTls),
        ("tcp_listen_options.keepalive", ReloadGroups.Amqp),
        ("tcp_listen_options.nodelay", ReloadGroups.Amqp),
        ("tcp_listen_options.recbuf", ReloadGroups.Amqp),
        ("tcp_listen_options.sndbuf", ReloadGroups.Amqp),
        ("vm_memory_high_watermark.*", ReloadGroups.Memory),
    ];

    /// <returns>None: it needs a restart.</returns>
    public static ReloadGroups GroupsOf(string key)
    {
        foreach (var (pattern, group) in s_groups)
            if (KeyPattern.Matches(pattern, key))
                return group;
        return ReloadGroups.None;
    }
}
