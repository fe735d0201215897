using System.Net;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting.Tests;

public sealed class ConfigurationKeysTests
{
    [Fact]
    public void Every_key_reaches_its_option()
    {
        var settings = Apply(
            "handshake_timeout = 5000", "heartbeat = 30", "frame_max = 65536", "channel_max = 100", "consumer_max_per_channel = 7",
            "connection_max = 1000", "max_message_size = 16MiB", "tcp_listen_options.backlog = 4096", "tcp_listen_options.nodelay = false",
            "tcp_listen_options.sndbuf = 196608", "tcp_listen_options.recbuf = 64KiB", "default_vhost = orders", "default_user = alice",
            "default_pass = s3cret", "default_user_tags.administrator = false", "default_user_tags.monitoring = true",
            "default_permissions.configure = ^a", "default_permissions.write = ^b", "default_permissions.read = ^c",
            "loopback_users.guest = false", "loopback_users.bob = true", "auth_mechanisms.1 = AMQPLAIN", "data_dir = /srv/hare",
            "durability = os", "node_name = hare@one", "cluster_name = warren", "log.console = false", "log.console.level = debug",
            "log.console.formatter = json", "consumer_timeout = 5000", "vm_memory_high_watermark.relative = 0.25",
            "vm_memory_high_watermark.absolute = 2GB", "disk_free_limit.relative = 1.5", "disk_free_limit.absolute = 5GiB",
            "memory_monitor_interval = 1000", "total_memory_available_override_value = 4GB");

        var broker = settings.Broker;
        Assert.Equal(TimeSpan.FromSeconds(5), broker.HandshakeTimeout);
        Assert.Equal(30, broker.HeartbeatSeconds);
        Assert.Equal(65536, broker.FrameMaxBytes);
        Assert.Equal(100, broker.ChannelMax);
        Assert.Equal(7, broker.ConsumerMaxPerChannel);
        Assert.Equal(1000, broker.MaxConnections);
        Assert.Equal(16_777_216, broker.MaxMessageBytes);
        Assert.Equal(4096, broker.Backlog);
        Assert.False(broker.TcpNoDelay);
        Assert.Equal(196_608, broker.SocketSendBufferBytes);
        Assert.Equal(65_536, broker.SocketReceiveBufferBytes);
        Assert.Equal("orders", broker.DefaultVirtualHost);
        Assert.Equal("alice", broker.DefaultUser);
        Assert.Equal("s3cret", broker.DefaultPassword);
        Assert.Equal(["monitoring"], broker.DefaultUserTags);
        Assert.Equal(new HarePermissions("^a", "^b", "^c"), broker.DefaultPermissions);
        Assert.Equal(["bob"], broker.LoopbackUsers);
        Assert.Equal(["AMQPLAIN"], broker.AuthMechanisms);
        Assert.Equal("/srv/hare", broker.DataDirectory);
        Assert.Equal(HareDurability.Os, broker.Durability);
        Assert.Equal("hare@one", broker.NodeName);
        Assert.Equal("warren", broker.EffectiveClusterName);
        Assert.False(settings.Log.Enabled);
        Assert.Equal(LogLevel.Debug, settings.Log.Level);
        Assert.Equal(ConsoleLogFormat.Json, settings.Log.Format);
        Assert.Equal(TimeSpan.FromSeconds(5), broker.ConsumerTimeout);
        Assert.Equal(0.25, broker.MemoryHighWatermark);
        Assert.Equal(2_000_000_000, broker.MemoryHighWatermarkBytes);
        Assert.Equal(1.5, broker.DiskFreeLimit);
        Assert.Equal(5L << 30, broker.DiskFreeLimitBytes);
        Assert.Equal(TimeSpan.FromSeconds(1), broker.MemoryMonitorInterval);
        Assert.Equal(4_000_000_000, broker.TotalMemoryBytes);
    }

    [Fact]
    public void The_server_listens_everywhere_and_keeps_its_data_unless_told_otherwise()
    {
        var broker = Apply().Broker;

        Assert.Equal([new IPEndPoint(ServerSettings.EveryInterface, 5672)], broker.EffectiveListeners);
        Assert.Equal("haremq-data", broker.DataDirectory);
    }

    [Fact]
    public void Metrics_and_events_are_configured_by_rabbitmqs_keys()
    {
        var usual = Apply().Broker;
        Assert.Equal(new IPEndPoint(ServerSettings.EveryInterface, 15692), usual.EffectivePrometheusListener);
        Assert.Equal(("/metrics", false, false), (usual.PrometheusPath, usual.PrometheusPerObjectMetrics, usual.EventExchange));

        var broker = Apply(
            "prometheus.tcp.port = 9000", "prometheus.tcp.ip = 127.0.0.1", "prometheus.path = /hare/metrics",
            "prometheus.return_per_object_metrics = true", "event_exchange = true", "event_exchange.vhost = ops").Broker;
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:9000"), broker.EffectivePrometheusListener);
        Assert.Equal(("/hare/metrics", true), (broker.PrometheusPath, broker.PrometheusPerObjectMetrics));
        Assert.Equal((true, "ops"), (broker.EventExchange, broker.EventExchangeVirtualHost));
        Assert.Null(Apply("prometheus.tcp.port = none").Broker.EffectivePrometheusListener);
    }

    [Fact]
    public void Metrics_with_TLS_alone_unless_the_plain_port_is_asked_for_too()
    {
        var certified = Apply("prometheus.ssl.certfile = m.pem", "prometheus.ssl.versions.1 = tlsv1.3").Broker;
        Assert.Equal((null, 15691), (certified.PrometheusPort, certified.PrometheusTlsPort));
        Assert.Equal(("m.pem", SslProtocols.Tls13), (certified.PrometheusTls!.CertificateFile, certified.PrometheusTls.Protocols));
        Assert.Equal(new IPEndPoint(ServerSettings.EveryInterface, 15691), certified.EffectivePrometheusTlsListener);
        var both = Apply("prometheus.tcp.port = 9000", "prometheus.ssl.port = 9001", "prometheus.ssl.ip = ::1", "ssl_options.certfile = a.pem").Broker;
        Assert.Equal((9000, IPEndPoint.Parse("[::1]:9001")), (both.PrometheusPort, both.EffectivePrometheusTlsListener));
        Assert.Null(both.PrometheusTls);
        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => Apply("prometheus.ssl.port = 9001"));
        Assert.Contains("PrometheusTlsPort needs a certificate: in PrometheusTls (prometheus.ssl.certfile)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_kept_of_the_past_is_configured_by_rabbitmqs_keys()
    {
        var usual = Apply().Broker.Management;
        Assert.Equal((4, HareRatesMode.Basic), (usual.GlobalSamples.Count, usual.RatesMode));
        var management = Apply(
            "management.rates_mode = none", "management.enable_queue_totals = true", "management.restrictions.operator_policy_changes.disabled = true",
            "management.sample_retention_policies.global.minute = 5", "management.sample_retention_policies.global.hour = 60",
            "management.sample_retention_policies.global.day = 1200", "management.sample_retention_policies.basic.600 = 10").Broker.Management;
        Assert.Equal((HareRatesMode.None, true, true), (management.RatesMode, management.EnableQueueTotals, management.DisableOperatorPolicyChanges));
        Assert.Equal([(60, 5), (3600, 60), (86400, 1200)], management.GlobalSamples.Select(one => ((int)one.Key.TotalSeconds, (int)one.Value.TotalSeconds)).Order());
        Assert.Equal([(600, 10)], management.BasicSamples.Select(one => ((int)one.Key.TotalSeconds, (int)one.Value.TotalSeconds)));
    }

    [Theory]
    [InlineData("management.sample_retention_policies.global.week = 5")]
    [InlineData("management.sample_retention_policies.basic.minute = 4")]
    [InlineData("management.sample_retention_policies.basic.minute = 61")]
    [InlineData("management.sample_retention_policies.basic.day = 5")]
    [InlineData("management.sample_retention_policies.global.2678401 = 86400")]
    [InlineData("management.rates_mode = coarse")]
    [InlineData("log.file.rotation.date = daily")]
    public void What_cannot_be_kept_is_refused(string line) =>
        Assert.StartsWith($"x.conf:1: {line.Split(' ')[0]}: '{line.Split(' ')[^1]}' is not usable; expected: ", Refuse(line));

    [Theory]
    [InlineData("prometheus.path = metrics", "'metrics' is not usable; expected: a path that begins with / and does not end with it")]
    [InlineData("prometheus.path = /", "'/' is not usable; expected: a path that begins with / and does not end with it")]
    [InlineData("prometheus.tcp.port = 99999", "'99999' is not usable; expected: 0 to 65535, or none")]
    public void Metrics_refuse_what_they_cannot_be_served_at(string line, string error) =>
        Assert.Equal($"x.conf:1: {line.Split(' ')[0]}: {error}", Refuse(line));

    public static TheoryData<string, string> Listeners => new()
    {
        { "5673", new IPEndPoint(ServerSettings.EveryInterface, 5673).ToString() },
        { "0", new IPEndPoint(ServerSettings.EveryInterface, 0).ToString() },
        { "127.0.0.1:5673", "127.0.0.1:5673" },
        { "0.0.0.0:5673", "0.0.0.0:5673" },
        { "[::1]:5673", "[::1]:5673" },
        { "::1:5673", "[::1]:5673" },
        { ":::5672", "[::]:5672" },
    };

    [Theory]
    [MemberData(nameof(Listeners))]
    public void A_listener_is_a_port_or_an_address_and_a_port(string value, string endPoint) =>
        Assert.Equal([IPEndPoint.Parse(endPoint)], Apply($"listeners.tcp.default = {value}").Broker.EffectiveListeners);

    [Theory]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("amqp")]
    [InlineData("1:5672")]
    [InlineData("localhost:5672")]
    [InlineData("[127.0.0.1]:5672")]
    [InlineData("[::1]")]
    [InlineData("127.0.0.1:")]
    [InlineData(":5672")]
    public void Any_other_listener_is_refused(string value) =>
        Assert.Equal(
            $"x.conf:1: listeners.tcp.default: '{value}' is not usable; "
            + "expected: port, ip:port, [ipv6]:port or :::port, with a port of 0 (any free one) to 65535",
            Refuse($"listeners.tcp.default = {value}"));

    [Fact]
    public void Listeners_add_up_and_none_removes_those_before_it()
    {
        Assert.Equal(2, Apply("listeners.tcp.1 = 127.0.0.1:1", "listeners.tcp.2 = 127.0.0.1:2").Broker.EffectiveListeners.Count);
        Assert.Empty(Apply("listeners.tcp.1 = 127.0.0.1:1", "listeners.tcp = none").Broker.EffectiveListeners);
        Assert.Equal(
            [new IPEndPoint(IPAddress.Loopback, 2)],
            Apply("listeners.tcp.1 = 127.0.0.1:1", "listeners.tcp = none", "listeners.tcp.2 = 127.0.0.1:2").Broker.EffectiveListeners);
    }

    [Fact]
    public void Of_several_lines_for_one_key_the_last_counts()
    {
        Assert.Equal(9, Apply("heartbeat = 7", "heartbeat = 8", "heartbeat = 9").Broker.HeartbeatSeconds);
        Assert.Single(Apply("listeners.tcp.default = 1", "listeners.tcp.default = 2").Broker.EffectiveListeners);
    }

    [Fact]
    public void Loopback_users_can_be_lifted_all_at_once() => Assert.Empty(Apply("loopback_users = none").Broker.LoopbackUsers);

    [Theory]
    [InlineData("infinity")]
    [InlineData("undefined")]
    public void Deliveries_may_wait_for_ever(string value) => Assert.Null(Apply($"consumer_timeout = {value}").Broker.ConsumerTimeout);

    [Fact]
    public void Infinity_lifts_a_limit() => Assert.Null(Apply("max_connections = infinity").Broker.MaxConnections);

    [Theory]
    [InlineData("heartbeat = soon", "x.conf:1: heartbeat: 'soon' is not usable; expected: 0 to 65535 seconds (0 = off)")]
    [InlineData("heartbeat = 65536", "x.conf:1: heartbeat: '65536' is not usable; expected: 0 to 65535 seconds (0 = off)")]
    [InlineData("durability = often", "x.conf:1: durability: 'often' is not usable; expected: fsync, os")]
    [InlineData("tcp_listen_options.nodelay = yes", "x.conf:1: tcp_listen_options.nodelay: 'yes' is not usable; expected: true or false")]
    [InlineData("default_permissions.write = (", "x.conf:1: default_permissions.write: '(' is not usable; expected: a regular expression")]
    [InlineData("auth_mechanisms.1 = MAGIC", "x.conf:1: auth_mechanisms.1: 'MAGIC' is not usable; expected: PLAIN, AMQPLAIN, EXTERNAL, ANONYMOUS")]
    [InlineData("connection_max = many", "x.conf:1: connection_max: 'many' is not usable; expected: 0 to 2147483647, or infinity")]
    [InlineData("consumer_timeout = 0",
        "x.conf:1: consumer_timeout: '0' is not usable; expected: 1 to 315360000000 milliseconds, or infinity (also: undefined)")]
    [InlineData("vm_memory_high_watermark.relative = 1.1",
        "x.conf:1: vm_memory_high_watermark.relative: '1.1' is not usable; expected: 0 to 1, such as 0.6")]
    [InlineData("disk_free_limit.relative = -1",
        "x.conf:1: disk_free_limit.relative: '-1' is not usable; expected: 0 to 1000, such as 0.6")]
    [InlineData("default_user = encrypted:abc", "x.conf:1: default_user: encrypted values are not supported by this version")]
    [InlineData("heartbet = 3", "x.conf:1: unknown key 'heartbet'; did you mean 'heartbeat'?")]
    [InlineData("Heartbeat = 3", "x.conf:1: unknown key 'Heartbeat'; did you mean 'heartbeat'?")]
    [InlineData("loopback_user.bob = true", "x.conf:1: unknown key 'loopback_user.bob'; did you mean 'loopback_users.bob'?")]
    [InlineData("listener.tcp.1 = 1", "x.conf:1: unknown key 'listener.tcp.1'; did you mean 'listeners.tcp.1'?")]
    [InlineData("something.else = 1", "x.conf:1: unknown key 'something.else'; docs/configuration.md lists the keys")]
    [InlineData("ssl_options.psk_identity = x", "x.conf:1: ssl_options.psk_identity is not supported by this version")]
    [InlineData("ssl_options.versions.1 = tlsv1.1", "x.conf:1: ssl_options.versions.1: 'tlsv1.1' is not usable; expected: tlsv1.3, tlsv1.2")]
    [InlineData("log.syslog = true", "x.conf:1: log.syslog is not supported by this version; the only value that it takes is false")]
    public void A_bad_line_is_one_clear_error(string line, string message) => Assert.Equal(message, Refuse(line));

    [Fact]
    public void A_password_never_appears_in_an_error()
    {
        var error = Refuse($"default_pass = {new string('p', 256)}");

        Assert.Equal("x.conf:1: default_pass: the value is not usable; expected: 1 to 255 bytes of text", error);
    }

    [Fact]
    public void A_key_without_meaning_is_accepted_with_one_warning()
    {
        var settings = new ServerSettings();

        var warnings = ConfigurationKeys.Apply(settings, Parse("num_acceptors.tcp = 10", "num_acceptors.tcp = 20", "heartbeat = 5"));

        Assert.Equal(["x.conf:2: num_acceptors.tcp has no meaning for HareMQ and is ignored"], warnings);
        Assert.Equal(5, settings.Broker.HeartbeatSeconds);
    }

    [Fact]
    public void A_value_that_asks_for_what_HareMQ_does_anyway_is_accepted_silently() =>
        Apply("log.file = false", "reverse_dns_lookups = false", "ssl_options.crl_check = false");

    [Fact]
    public void Keys_of_TLS_reach_their_options()
    {
        var settings = Apply(
            "listeners.ssl.default = 127.0.0.1:5671", "ssl_options.cacertfile = ca", "ssl_options.certfile = cert", "ssl_options.keyfile = key",
            "ssl_options.password = secret", "ssl_options.verify = verify_peer", "ssl_options.fail_if_no_peer_cert = true",
            "ssl_options.depth = 3", "ssl_options.versions.1 = tlsv1.3", "ssl_options.ciphers.1 = TLS_AES_256_GCM_SHA384",
            "ssl_options.ciphers.2 = ECDHE-RSA-AES256-GCM-SHA384", "ssl_handshake_timeout = 7000", "ssl_cert_login_from = subject_alt_name",
            "ssl_cert_login_san_type = uri", "ssl_cert_login_san_index = 2", "proxy_protocol = true", "auth_mechanisms.1 = EXTERNAL");

        Assert.Equal([IPEndPoint.Parse("127.0.0.1:5671")], settings.Broker.TlsListeners);
        Assert.True(settings.Broker.ProxyProtocol);
        var tls = settings.Broker.Tls;
        Assert.Equal(("ca", "cert", "key", "secret"), (tls.CaCertificateFile, tls.CertificateFile, tls.KeyFile, tls.KeyPassword));
        Assert.True(tls.VerifyPeer && tls.FailIfNoPeerCertificate);
        Assert.Equal(3, tls.Depth);
        Assert.Equal(System.Security.Authentication.SslProtocols.Tls13, tls.Protocols);
        Assert.Equal(["TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"], tls.CipherSuites);
        Assert.Equal(TimeSpan.FromSeconds(7), tls.HandshakeTimeout);
        Assert.Equal(HareCertificateLogin.SubjectAlternativeName, tls.LoginFrom);
        Assert.Equal((HareAlternativeName.Uri, 2), (tls.LoginAlternativeName, tls.LoginAlternativeNameIndex));
    }

    [Fact]
    public void The_last_word_on_TLS_listeners_may_be_none() =>
        Assert.Empty(Apply("listeners.ssl.default = 5671", "listeners.ssl = none").Broker.TlsListeners);

    [Theory]
    [InlineData("Tls.CertificateFile is missing", "listeners.ssl.1 = 5671")]
    [InlineData("Tls.CaCertificateFile is missing", "ssl_options.verify = verify_peer")]
    [InlineData("without Tls.VerifyPeer no client is asked", "ssl_options.fail_if_no_peer_cert = true")]
    [InlineData("AuthMechanisms has EXTERNAL, which needs Tls.VerifyPeer", "auth_mechanisms.1 = EXTERNAL")]
    public void TLS_options_that_cannot_work_together_are_refused(string message, string line)
    {
        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => Apply(line));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_key_stands_in_two_tables()
    {
        string[] foreign = [.. RabbitMqKeys.Meaningless, .. RabbitMqKeys.Unsupported.Select(key => key.Name)];

        Assert.Equal(foreign.Length, foreign.Distinct().Count());
        foreach (var known in ConfigurationKeys.All)
            Assert.DoesNotContain(foreign, name => KeyPattern.Matches(name, known.Name));
    }

    [Fact]
    public void The_documentation_has_every_key()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "configuration.md"));

        Assert.All(ConfigurationKeys.All, key => Assert.Contains($"`{key.Name.Replace(".*", ".NAME")}`", page));
        Assert.All(RabbitMqKeys.Meaningless, name => Assert.Contains($"`{name}`", page));
        Assert.All(RabbitMqKeys.Unsupported, key => Assert.Contains($"`{key.Name}`", page));
    }

    private static string RepositoryRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "HareMQ.slnx"))) directory = Path.GetDirectoryName(directory)!;
        return directory;
    }

    private static List<Setting> Parse(params string[] lines) => ConfigurationFile.Parse("x.conf", lines);

    private static ServerSettings Apply(params string[] lines)
    {
        var settings = new ServerSettings();
        Assert.Empty(ConfigurationKeys.Apply(settings, Parse(lines)));
        settings.Broker.Validate();
        return settings;
    }

    private static string Refuse(string line) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationKeys.Apply(new ServerSettings(), Parse(line))).Message;
}
