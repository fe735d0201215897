namespace HareMQ.Hosting;

/// <summary>RabbitMQ's keys that HareMQ does not use, so that each line of a <c>rabbitmq.conf</c> gets a fitting answer.</summary>
internal static class RabbitMqKeys
{
    /// <summary>They tune machinery that HareMQ does not have: accepted, with a warning.</summary>
    internal static readonly string[] Meaningless =
    [
        "background_gc_enabled",
        "background_gc_target_interval",
        "classic_queue.default_version",
        "cluster_keepalive_interval",
        "collect_statistics",
        "collect_statistics_interval",
        "definitions.tls.dh",
        "definitions.tls.fail_if_no_peer_cert",
        "definitions.tls.log_alert",
        "definitions.tls.log_level",
        "definitions.tls.reuse_session",
        "definitions.tls.reuse_sessions",
        "definitions.tls.secure_renegotiate",
        "delegate_count",
        "distribution_buffer_size",
        "hipe_compile",
        "lazy_queue_explicit_gc_run_operation_threshold",
        "management.sample_retention_policies.detailed.*",
        "management.ssl.client_renegotiation",
        "management.ssl.dhfile",
        "management.ssl.honor_cipher_order",
        "management.ssl.honor_ecc_order",
        "management.ssl.reuse_sessions",
        "management.ssl.secure_renegotiate",
        "mnesia_table_loading_retry_limit",
        "mnesia_table_loading_retry_timeout",
        "msg_store_file_size_limit",
        "net_ticktime",
        "num_acceptors.*",
        "prometheus.ssl.client_renegotiation",
        "prometheus.ssl.dhfile",
        "prometheus.ssl.honor_cipher_order",
        "prometheus.ssl.honor_ecc_order",
        "prometheus.ssl.reuse_sessions",
        "prometheus.ssl.secure_renegotiate",
        "queue_explicit_gc_run_operation_threshold",
        "queue_index_embed_msgs_below",
        "queue_index_max_journal_entries",
        "ssl_options.bypass_pem_cache",
        "ssl_options.client_renegotiation",
        "ssl_options.dhfile",
        "ssl_options.honor_cipher_order",
        "ssl_options.honor_ecc_order",
        "ssl_options.log_alert",
        "ssl_options.log_level",
        "ssl_options.reuse_sessions",
        "ssl_options.secure_renegotiate",
        "tcp_listen_options.exit_on_close",
        "tcp_listen_options.linger.*",
        "vhost_restart_strategy",
        "vm_memory_calculation_strategy",
        "vm_memory_high_watermark_paging_ratio",
    ];

    /// <summary>
    /// They stand for something that this version lacks: refused, because a broker that ignores them is not the one that was asked for.
    /// Where one value asks for what HareMQ does anyway, that value is accepted.
    /// </summary>
    internal static readonly (string Name, string? Harmless)[] Unsupported =
    [
        ("amqp1_0.*", null),
        ("auth_http.*", null),
        ("auth_ldap.*", null),
        ("auth_oauth2.https.crl_check", "false"),
        ("auth_oauth2.https.depth", null),
        ("auth_oauth2.https.fail_if_no_peer_cert", null),
        ("auth_oauth2.oauth_providers.*", null),
        ("auth_oauth2.resource_server_type", null),
        ("auth_oauth2.resource_servers.*", null),
        ("cluster_formation.*", null),
        ("cluster_partition_handling", "ignore"),
        ("definitions.tls.cacerts.*", null),
        ("definitions.tls.cert", null),
        ("definitions.tls.ciphers.*", null),
        ("definitions.tls.crl_check", "false"),
        ("definitions.tls.key.*", null),
        ("log.syslog", "false"),
        ("log.syslog.*", null),
        ("management.db_cache_multiplier", null),
        ("management.delegate_count", null),
        ("management.disable_basic_auth", "false"),
        ("management.http_log_dir", null),
        ("management.listener.*", null),
        ("management.login_session_timeout", null),
        ("management.metrics_gc_event_interval", null),
        ("management.oauth_client_id", null),
        ("management.oauth_enabled", "false"),
        ("management.oauth_provider_url", null),
        ("management.oauth_scopes", null),
        ("management.process_stats_gc_timeout", null),
        ("management.require_auth_for_api_desc_page", null),
        ("management.restrictions.quorum_queue_replica_operations.disabled", "true"),
        ("management.tcp.backlog", null),
        ("management.tcp.compress", null),
        ("management.tcp.cowboy_opts.*", null),
        ("management.tcp.idle_timeout", null),
        ("management.tcp.inactivity_timeout", null),
        ("management.tcp.request_timeout", null),
        ("management.tcp.shutdown_timeout", null),
        ("management_agent.*", null),
        ("mqtt.*", null),
        ("prometheus.authentication.*", null),
        ("prometheus.ssl.backlog", null),
        ("prometheus.ssl.compress", null),
        ("prometheus.ssl.cowboy_opts.*", null),
        ("prometheus.ssl.idle_timeout", null),
        ("prometheus.ssl.inactivity_timeout", null),
        ("prometheus.ssl.max_keepalive", null),
        ("prometheus.ssl.request_timeout", null),
        ("prometheus.ssl.shutdown_timeout", null),
        ("prometheus.tcp.compress", null),
        ("prometheus.tcp.cowboy_opts.*", null),
        ("prometheus.tcp.idle_timeout", null),
        ("prometheus.tcp.inactivity_timeout", null),
        ("prometheus.tcp.max_keepalive", null),
        ("prometheus.tcp.request_timeout", null),
        ("prometheus.tcp.shutdown_timeout", null),
        ("queue_leader_locator", "client-local"),
        ("queue_master_locator", "client-local"),
        ("quorum_queue.*", null),
        ("raft.*", null),
        ("shovel.*", null),
        ("ssl_options.cacerts.*", null),
        ("ssl_options.cert", null),
        ("ssl_options.crl_check", "false"),
        ("ssl_options.dh", null),
        ("ssl_options.key.*", null),
        ("ssl_options.psk_identity", null),
        ("stomp.*", null),
        ("stream.*", null),
        ("web_mqtt.*", null),
        ("web_stomp.*", null),
    ];

    /// <returns>False: the key is not RabbitMQ's either.</returns>
    /// <exception cref="ConfigurationException">The key is RabbitMQ's and not supported by this version.</exception>
    public static bool TryAccept(Setting setting, out string? warning)
    {
        warning = null;
        foreach (var name in Meaningless)
        {
            if (!KeyPattern.Matches(name, setting.Key)) continue;
            warning = $"{setting.Source}: {setting.Key} has no meaning for HareMQ and is ignored";
            return true;
        }
        foreach (var (name, harmless) in Unsupported)
        {
            if (!KeyPattern.Matches(name, setting.Key)) continue;
            if (setting.Value == harmless) return true;
            var advice = harmless is null ? "" : $"; the only value that it takes is {harmless}";
            throw setting.Error($"{setting.Key} is not supported by this version{advice}");
        }
        return false;
    }
}
