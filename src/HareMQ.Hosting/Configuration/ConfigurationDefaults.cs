using System.Globalization;
using System.Net;

namespace HareMQ.Hosting;

/// <summary>What holds where the configuration says nothing, key by key, as a configuration file would spell it.</summary>
internal static class ConfigurationDefaults
{
    private const string Retention = "management.sample_retention_policies";

    /// <summary>Keys without a default, and what holds instead. Together with those of <see cref="Of"/> they are all keys.</summary>
    public static readonly IReadOnlyDictionary<string, string> Unset = new Dictionary<string, string>(
        OfSsl("management.ssl").Concat(OfSsl("prometheus.ssl")), StringComparer.Ordinal)
    {
        ["listeners.tcp"] = "its only value is none",
        ["listeners.ssl"] = "its only value is none",
        ["listeners.ssl.*"] = "no listener",
        ["loopback_users"] = "its only value is none",
        ["ssl_options.cacertfile"] = "no clients' certificates",
        ["ssl_options.certfile"] = "no TLS",
        ["ssl_options.keyfile"] = "the key is in the certificate's file",
        ["ssl_options.password"] = "the key is not encrypted",
        ["ssl_options.ciphers.*"] = "the platform decides",
        ["tcp_listen_options.sndbuf"] = "the system decides",
        ["tcp_listen_options.recbuf"] = "the system decides",
        ["management.path_prefix"] = "paths begin with a slash",
        ["management.cors.allow_origins.*"] = "no other origin",
        ["management.csp.policy"] = "no such header",
        ["management.hsts.policy"] = "no such header",
        ["management.headers.content_type_options"] = "no such header",
        ["management.headers.frame_options"] = "no such header",
        ["management.headers.xss_protection"] = "no such header",
        ["management.load_definitions"] = "another name of load_definitions",
        ["load_definitions"] = "nothing is loaded",
        ["definitions.local.path"] = "another name of load_definitions",
        ["definitions.https.url"] = "nothing is loaded",
        ["definitions.tls.cacertfile"] = "the system's certificates",
        ["definitions.tls.certfile"] = "no certificate is shown",
        ["definitions.tls.keyfile"] = "the key is in the certificate's file",
        ["definitions.tls.password"] = "the key is not encrypted",
        ["definitions.tls.versions.*"] = "both",
        ["prometheus.filter_aggregated_queue_metrics_pattern"] = "all queues count",
        ["max_channels_per_connection"] = "another name of channel_max",
        ["max_connections"] = "another name of connection_max",
        ["vm_memory_high_watermark.absolute"] = "vm_memory_high_watermark.relative decides",
        ["disk_free_limit.relative"] = "disk_free_limit.absolute decides",
        ["total_memory_available_override_value"] = "what is detected",
        ["credential_validator.regexp"] = "every password will do",
        ["default_limits.vhosts.*"] = "no limits",
        ["default_policies.operator.*"] = "no policies",
        ["default_users.*"] = "no users but default_user",
        ["auth_oauth2.resource_server_id"] = "no tokens",
        ["auth_oauth2.scope_prefix"] = "the resource server's ID and a dot",
        ["auth_oauth2.additional_scopes_key"] = "no further claim",
        ["auth_oauth2.scope_aliases.*"] = "no aliases",
        ["auth_oauth2.preferred_username_claims.*"] = "sub and client_id",
        ["auth_oauth2.algorithms.*"] = "all with a public key",
        ["auth_oauth2.signing_keys.*"] = "none but those of a key server",
        ["auth_oauth2.default_key"] = "a token names its key",
        ["auth_oauth2.jwks_url"] = "no key server",
        ["auth_oauth2.jwks_uri"] = "another name of auth_oauth2.jwks_url",
        ["auth_oauth2.issuer"] = "nobody is asked for the key server",
        ["auth_oauth2.https.cacertfile"] = "the system's certificates",
        ["log.dir"] = "the working directory",
        ["log.default.level"] = "what each place says",
        ["log.connection.level"] = "what each place says",
        ["log.queue.level"] = "what each place says",
        ["log.storage.level"] = "what each place says",
        ["log.management.level"] = "what each place says",
        ["log.audit.level"] = "what each place says",
    };

    /// <summary>The options' values under their keys. A family is shown by its members.</summary>
    public static IEnumerable<(string Pattern, string Key, string Value)> Of(ServerSettings settings)
    {
        var broker = settings.Broker;
        foreach (var (key, value) in Singles(settings))
            if (value is not null) yield return (key, key, value);
        var families = Family("listeners.tcp", broker.Listeners is null ? [("default", $"{broker.EffectiveListeners[0]}")] : [])
            .Concat(Family("auth_mechanisms", settings.AuthMechanismsConfigured ? [] : Numbered(broker.AuthMechanisms)))
            .Concat(Family("auth_backends", settings.AuthBackends.Count > 0 ? [] : Numbered(broker.AuthBackends)))
            .Concat(Family("default_user_tags", broker.DefaultUserTags.Select(tag => (tag, "true"))))
            .Concat(Family("loopback_users", broker.LoopbackUsers.Select(user => (user, "true"))))
            .Concat(Family("ssl_options.versions", broker.Tls.Protocols == default ? Numbered(["tlsv1.3", "tlsv1.2"]) : []))
            .Concat(Family($"{Retention}.global", settings.GlobalSamples.Count > 0 ? [] : Samples(broker.Management.GlobalSamples)))
            .Concat(Family($"{Retention}.basic", settings.BasicSamples.Count > 0 ? [] : Samples(broker.Management.BasicSamples)));
        foreach (var member in families) yield return member;
    }

    private static IEnumerable<(string Key, string? Value)> Singles(ServerSettings settings) =>
    [
        .. Network(settings.Broker), .. Tls("ssl_options", settings.Broker.Tls), .. Tls("management.ssl", settings.Broker.ManagementTls),
        .. Tls("prometheus.ssl", settings.Broker.PrometheusTls), .. CertificateLogin(settings.Broker.Tls), .. Management(settings.Broker),
        .. Prometheus(settings.Broker), .. Limits(settings.Broker), .. Users(settings), .. OAuth2(settings.Broker.OAuth2), .. Node(settings),
        .. Log(settings),
    ];

    private static (string, string?)[] Network(HareBrokerOptions broker) =>
    [
        ("proxy_protocol", Text(broker.ProxyProtocol)),
        ("reverse_dns_lookups", Text(broker.ReverseDnsLookups)),
        ("tcp_listen_options.backlog", Text(broker.Backlog)),
        ("tcp_listen_options.nodelay", Text(broker.TcpNoDelay)),
        ("tcp_listen_options.keepalive", Text(broker.TcpKeepAlive)),
        ("ssl_handshake_timeout", Milliseconds(broker.Tls.HandshakeTimeout)),
    ];

    private static (string, string?)[] Tls(string prefix, HareTlsOptions? tls) => tls is null
        ? []
        :
        [
            ($"{prefix}.verify", Verification(tls.VerifyPeer)),
            ($"{prefix}.fail_if_no_peer_cert", Text(tls.FailIfNoPeerCertificate)),
            ($"{prefix}.depth", Text(tls.Depth)),
        ];

    private static (string, string?)[] CertificateLogin(HareTlsOptions tls) =>
    [
        ("ssl_cert_login_from", TlsConfigurationKeys.LoginSources.First(one => one.Value == tls.LoginFrom).Word),
        ("ssl_cert_login_san_type", TlsConfigurationKeys.AlternativeNames.First(one => one.Value == tls.LoginAlternativeName).Word),
        ("ssl_cert_login_san_index", Text(tls.LoginAlternativeNameIndex)),
    ];

    private static (string, string?)[] Management(HareBrokerOptions broker) =>
    [
        ("management.tcp.port", Port(broker.ManagementPort)),
        ("management.tcp.ip", Address(broker.ManagementAddress, broker)),
        ("management.ssl.port", Port(broker.ManagementTlsPort)),
        ("management.ssl.ip", Address(broker.ManagementTlsAddress, broker)),
        ("management.cors.max_age", Text(broker.Management.CorsMaxAgeSeconds)),
        ("management.disable_stats", Text(broker.Management.DisableStatistics)),
        ("management.enable_queue_totals", Text(broker.Management.EnableQueueTotals)),
        ("management.rates_mode", HareBroker.NameOf(broker.Management.RatesMode)),
        ("management.restrictions.operator_policy_changes.disabled", Text(broker.Management.DisableOperatorPolicyChanges)),
        ("management.http.max_body_size", Text(broker.Management.MaxBodyBytes)),
    ];

    private static (string, string?)[] Prometheus(HareBrokerOptions broker) =>
    [
        ("prometheus.tcp.port", Port(broker.PrometheusPort)),
        ("prometheus.tcp.ip", Address(broker.PrometheusAddress, broker)),
        ("prometheus.ssl.port", Port(broker.PrometheusTlsPort)),
        ("prometheus.ssl.ip", Address(broker.PrometheusTlsAddress, broker)),
        ("prometheus.path", broker.PrometheusPath),
        ("prometheus.return_per_object_metrics", Text(broker.PrometheusPerObjectMetrics)),
    ];

    private static (string, string?)[] Limits(HareBrokerOptions broker) =>
    [
        ("handshake_timeout", Milliseconds(broker.HandshakeTimeout)),
        ("heartbeat", Text(broker.HeartbeatSeconds)),
        ("frame_max", Text(broker.FrameMaxBytes)),
        ("initial_frame_max", Text(broker.InitialFrameMaxBytes)),
        ("channel_max", Text(broker.ChannelMax)),
        ("channel_max_per_node", Limit(broker.MaxChannels)),
        ("consumer_max_per_channel", Limit(broker.ConsumerMaxPerChannel)),
        ("connection_max", Limit(broker.MaxConnections)),
        ("vhost_max", Limit(broker.MaxVirtualHosts)),
        ("cluster_queue_limit", Limit(broker.MaxQueues)),
        ("cluster_exchange_limit", Limit(broker.MaxExchanges)),
        ("max_message_size", Text(broker.MaxMessageBytes)),
        ("consumer_timeout", broker.ConsumerTimeout is { } timeout ? Milliseconds(timeout) : "infinity"),
        ("vm_memory_high_watermark.relative", broker.MemoryHighWatermarkBytes is null ? Text(broker.MemoryHighWatermark) : null),
        ("disk_free_limit.absolute", broker.DiskFreeLimit is null ? Text(broker.DiskFreeLimitBytes ?? 50_000_000) : null),
        ("memory_monitor_interval", Milliseconds(broker.MemoryMonitorInterval)),
    ];

    private static (string, string?)[] Users(ServerSettings settings)
    {
        var broker = settings.Broker;
        return
        [
            ("anonymous_login_user", broker.AnonymousLoginUser ?? "none"),
            ("anonymous_login_pass", broker.AnonymousLoginPassword),
            ("default_vhost", broker.DefaultVirtualHost),
            ("default_queue_type", HareBroker.NameOf(broker.DefaultQueueType)),
            ("default_user", broker.DefaultUser),
            ("default_pass", broker.DefaultPassword),
            ("default_permissions.configure", broker.DefaultPermissions.Configure),
            ("default_permissions.write", broker.DefaultPermissions.Write),
            ("default_permissions.read", broker.DefaultPermissions.Read),
            ("password_hashing_module", LimitConfigurationKeys.Hashings.First(one => one.Value == broker.PasswordHashing).Word),
            ("credential_validator.validation_backend",
                LimitConfigurationKeys.Validators.First(one => one.Value == settings.CredentialValidator).Word),
            ("credential_validator.min_length", Text(broker.PasswordMinLength)),
        ];
    }

    private static (string, string?)[] OAuth2(HareOAuth2Options tokens) =>
    [
        ("auth_oauth2.verify_aud", Text(tokens.VerifyAudience)),
        ("auth_oauth2.discovery_endpoint_path", tokens.DiscoveryPath),
        ("auth_oauth2.https.peer_verification", Verification(tokens.VerifyPeer)),
        ("auth_oauth2.https.hostname_verification", tokens.VerifyHostName ? "wildcard" : "none"),
    ];

    private static (string, string?)[] Node(ServerSettings settings) =>
    [
        ("data_dir", settings.Broker.DataDirectory),
        ("durability", settings.Broker.Durability == HareDurability.Fsync ? "fsync" : "os"),
        ("node_name", settings.Broker.NodeName),
        ("cluster_name", settings.Broker.EffectiveClusterName),
        ("control_socket", ControlSocketPath.Find(settings, out _) ?? "none"),
        ("definitions.import_backend", settings.Broker.DefinitionsUrl is null ? "local_filesystem" : "https"),
        ("definitions.tls.verify", Verification(settings.Broker.DefinitionsTls.VerifyPeer)),
        ("definitions.tls.depth", Text(settings.Broker.DefinitionsTls.Depth)),
        ("definitions.skip_if_unchanged", Text(settings.Broker.DefinitionsSkipUnchanged)),
        ("definitions.hashing.algorithm",
            DefinitionsConfigurationKeys.Hashes.First(one => one.Value == settings.Broker.DefinitionsHash).Word),
        ("event_exchange", Text(settings.Broker.EventExchange)),
        ("event_exchange.vhost", settings.Broker.EventExchangeVirtualHost ?? settings.Broker.DefaultVirtualHost),
    ];

    private static (string, string?)[] Log(ServerSettings settings) =>
    [
        ("log.console", Text(settings.Log.Enabled)),
        ("log.file", settings.LogFile.Name ?? "false"),
        ("log.file.rotation.size", Text(settings.LogFile.BytesMax)),
        ("log.file.rotation.count", Text(settings.LogFile.Count)),
        ("log.file.rotation.date", ""),
        ("log.exchange", Text(settings.LogToExchange)),
        .. Log("log.console", settings.Log), .. Log("log.file", settings.LogFile.Log), .. Log("log.exchange", settings.LogExchange),
    ];

    private static (string, string?)[] Log(string prefix, ConsoleLogOptions log) =>
    [
        ($"{prefix}.level", LogLevelName.Of(log.Level)),
        ($"{prefix}.formatter", log.Format == ConsoleLogFormat.Json ? "json" : "plaintext"),
    ];

    /// <summary>What is served over HTTP has the certificates of AMQP unless it has its own.</summary>
    private static IEnumerable<KeyValuePair<string, string>> OfSsl(string prefix)
    {
        string[] keys = ["cacertfile", "certfile", "keyfile", "password", "verify", "fail_if_no_peer_cert", "depth", "versions.*", "ciphers.*"];
        return keys.Select(key => KeyValuePair.Create($"{prefix}.{key}", "as ssl_options has it"));
    }

    private static IEnumerable<(string Pattern, string Key, string Value)> Family(
        string stem, IEnumerable<(string Member, string Value)> members) =>
        members.Select(one => ($"{stem}.*", $"{stem}.{one.Member}", one.Value));

    private static IEnumerable<(string Member, string Value)> Numbered(IEnumerable<string> values) =>
        values.Select((value, index) => (Text(index + 1), value));

    private static IEnumerable<(string Member, string Value)> Samples(IDictionary<TimeSpan, TimeSpan> samples) =>
        samples.OrderBy(one => one.Key).Select(one => (Text((long)one.Key.TotalSeconds), Text((long)one.Value.TotalSeconds)));

    private static string Port(int? port) => port is { } number ? Text(number) : "none";

    private static string Address(IPAddress? own, HareBrokerOptions broker) => (own ?? broker.Address).ToString();

    private static string Verification(bool isOn) => isOn ? "verify_peer" : "verify_none";

    private static string Text(bool value) => value ? "true" : "false";

    private static string Limit(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "infinity";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan value) => Text((long)value.TotalMilliseconds);
}
