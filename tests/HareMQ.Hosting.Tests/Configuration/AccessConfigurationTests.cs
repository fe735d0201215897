using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting.Tests;

/// <summary>Keys of access, definitions, the HTTP API and log files.</summary>
public sealed class AccessConfigurationTests
{
    [Fact]
    public void Definitions_have_three_names_and_one_meaning()
    {
        Assert.Equal("a", Apply("management.load_definitions = a").Broker.DefinitionsPath);
        Assert.Equal("b", Apply("load_definitions = b").Broker.DefinitionsPath);
        var settings = Apply(
            "definitions.import_backend = local_filesystem", "definitions.local.path = c", "definitions.skip_if_unchanged = true",
            "definitions.hashing.algorithm = sha512");
        Assert.Equal(("c", true, "SHA512"),
            (settings.Broker.DefinitionsPath, settings.Broker.DefinitionsSkipUnchanged, settings.Broker.DefinitionsHash.Name));
    }

    [Fact]
    public void The_plain_http_port_is_closed_when_only_the_other_is_asked_for()
    {
        AssertPorts(15672, null);
        AssertPorts(null, 15671, "management.ssl.port = 15671");
        AssertPorts(null, 15671, "management.ssl.certfile = a.pem");
        AssertPorts(15672, 15671, "management.ssl.port = 15671", "management.tcp.ip = 127.0.0.1");
        AssertPorts(80, 443, "management.tcp.port = 80", "management.ssl.port = 443");
        AssertPorts(15672, null, "management.ssl.certfile = a.pem", "management.ssl.port = none");
    }

    [Fact]
    public void Certificates_of_the_two_ports_are_told_apart()
    {
        var broker = Apply("ssl_options.certfile = a.pem", "management.ssl.certfile = b.pem", "management.ssl.versions.1 = tlsv1.2").Broker;
        Assert.Equal(("a.pem", "b.pem"), (broker.Tls.CertificateFile, broker.ManagementTls!.CertificateFile));
        Assert.Equal(System.Security.Authentication.SslProtocols.None, broker.Tls.Protocols);
        Assert.Equal(System.Security.Authentication.SslProtocols.Tls12, broker.ManagementTls.Protocols);
    }

    [Fact]
    public void Definitions_from_a_server()
    {
        var broker = Apply(
            "definitions.import_backend = https", "definitions.https.url = https://a.example/d.json", "definitions.local.path = not.read",
            "definitions.tls.cacertfile = ca.pem", "definitions.tls.certfile = a.pem", "definitions.tls.keyfile = a.key",
            "definitions.tls.password = p", "definitions.tls.verify = verify_none", "definitions.tls.depth = 3",
            "definitions.tls.versions.1 = tlsv1.3").Broker;
        var tls = broker.DefinitionsTls;
        Assert.Equal((null, "https://a.example/d.json"), (broker.DefinitionsPath, broker.DefinitionsUrl?.AbsoluteUri));
        Assert.Equal(("ca.pem", "a.pem", "a.key", "p"), (tls.CaCertificateFile, tls.CertificateFile, tls.KeyFile, tls.KeyPassword));
        Assert.Equal((false, 3, System.Security.Authentication.SslProtocols.Tls13), (tls.VerifyPeer, tls.Depth, tls.Protocols));
        broker.Validate();
        Assert.True(new HareClientTlsOptions().VerifyPeer);

        var local = Apply(
            "definitions.import_backend = local", "definitions.https.url = https://a.example/d.json", "definitions.local.path = b").Broker;
        Assert.Equal(("b", null), (local.DefinitionsPath, local.DefinitionsUrl));
    }

    [Fact]
    public void Anonymous_logins()
    {
        var usual = Apply().Broker;
        Assert.DoesNotContain("ANONYMOUS", usual.AuthMechanisms);
        Assert.Equal(("guest", "guest"), (usual.AnonymousLoginUser, usual.AnonymousLoginPassword));
        var broker = Apply("auth_mechanisms.1 = ANONYMOUS", "anonymous_login_user = visitor", "anonymous_login_pass = p").Broker;
        broker.Validate();
        Assert.Equal(["ANONYMOUS"], broker.AuthMechanisms);
        Assert.Equal(("visitor", "p"), (broker.AnonymousLoginUser, broker.AnonymousLoginPassword));
        Apply("anonymous_login_user = none").Broker.Validate();
        Assert.Equal(ReloadGroups.Amqp, ReloadableKeys.GroupsOf("anonymous_login_user"));
    }

    [Theory]
    [InlineData("anonymous_login_pass", "hidden", null)]
    [InlineData("default_users.a.password", "hidden", null)]
    [InlineData("default_users.a.pasword", "hidden", null)]
    [InlineData("default_users.a.read", "^r", "^r")]
    [InlineData("definitions.tls.password", "hidden", null)]
    [InlineData("definitions.https.url", "https://u:hidden@a.example:8/d.json?k=hidden", "https://a.example:8/d.json")]
    [InlineData("definitions.https.url", "http://u:hidden@a.example", null)]
    public void Secrets_are_not_shown(string name, string value, string? shown) =>
        Assert.Equal(shown, ConfigurationKeys.All.Single(key => KeyPattern.Matches(key.Name, name)).Show(name, value));

    [Fact]
    public void Tokens()
    {
        var broker = Apply(
            "auth_backends.2 = rabbit_auth_backend_internal", "auth_backends.1 = rabbit_auth_backend_oauth2",
            "auth_oauth2.resource_server_id = rabbitmq", "auth_oauth2.scope_prefix = r:", "auth_oauth2.additional_scopes_key = roles realm.roles",
            "auth_oauth2.scope_aliases.dev = a b", "auth_oauth2.scope_aliases.1.alias = api://x", "auth_oauth2.scope_aliases.1.scope = c",
            "auth_oauth2.preferred_username_claims.1 = email", "auth_oauth2.verify_aud = false", "auth_oauth2.algorithms.1 = RS256",
            "auth_oauth2.signing_keys.k = k.pem", "auth_oauth2.default_key = k", "auth_oauth2.jwks_url = https://a.example/keys",
            "auth_oauth2.issuer = https://a.example", "auth_oauth2.https.cacertfile = ca.pem", "auth_oauth2.https.peer_verification = verify_none",
            "auth_oauth2.https.hostname_verification = none").Broker;
        Assert.Equal(["oauth2", "internal"], broker.AuthBackends);
        var tokens = broker.OAuth2.ToOptions();
        Assert.Equal(("rabbitmq", "r:", "k", false), (tokens.ResourceServerId, tokens.ScopePrefix, tokens.DefaultKey, tokens.VerifyAudience));
        Assert.Equal(["roles", "realm.roles"], tokens.AdditionalScopesKeys);
        Assert.Equal(["a", "b"], tokens.ScopeAliases["dev"]);
        Assert.Equal(["c"], tokens.ScopeAliases["api://x"]);
        Assert.Equal(["email"], tokens.PreferredUsernameClaims);
        Assert.Equal(["RS256"], tokens.Algorithms);
        Assert.Equal("k.pem", tokens.SigningKeyFiles["k"]);
        Assert.Equal("https://a.example/keys", tokens.JwksUrl!.AbsoluteUri);
        Assert.Null(tokens.DiscoveryUrl);
        Assert.Equal(("ca.pem", false, false), (tokens.CaCertificateFile, tokens.VerifyPeer, tokens.VerifyHostName));
        broker.Validate();
    }

    [Theory]
    [InlineData("OAuth2.ResourceServerId is missing", "auth_backends.1 = oauth2")]
    [InlineData("OAuth2 has no keys", "auth_backends.1 = oauth2", "auth_oauth2.resource_server_id = r")]
    [InlineData("OAuth2.JwksUrl is http://a.example/", "auth_backends.1 = oauth2", "auth_oauth2.resource_server_id = r",
        "auth_oauth2.jwks_url = http://a.example/")]
    [InlineData("OAuth2.Algorithms has 'none'", "auth_backends.1 = oauth2", "auth_oauth2.resource_server_id = r",
        "auth_oauth2.issuer = https://a.example", "auth_oauth2.algorithms.1 = none")]
    [InlineData("OAuth2.DefaultKey is 'b'; allowed: one of SigningKeyFiles: a", "auth_backends.1 = oauth2",
        "auth_oauth2.resource_server_id = r", "auth_oauth2.signing_keys.a = a.pem", "auth_oauth2.default_key = b")]
    [InlineData("AuthMechanisms has ANONYMOUS, which needs AnonymousLoginUser (anonymous_login_user)",
        "auth_mechanisms.1 = ANONYMOUS", "anonymous_login_user = none")]
    [InlineData("DefinitionsTls.CertificateFile is missing", "definitions.tls.keyfile = a.key")]
    [InlineData("DefaultUsers: the password of 'a' will not do: minimum required password length: 9", "default_users.a.password = short",
        "credential_validator.validation_backend = rabbit_credential_validator_min_password_length", "credential_validator.min_length = 9")]
    [InlineData("DefaultOperatorPolicies: 'a': no policy provided", "default_policies.operator.a.queue_pattern = b")]
    [InlineData("DefaultOperatorPolicies: 'a': apply-to 'exchanges' unrecognised", "default_policies.operator.a.max_length = 1",
        "default_policies.operator.a.apply_to = exchanges")]
    [InlineData("ManagementTlsPort needs a certificate", "management.ssl.port = 1")]
    [InlineData("ManagementTls.CertificateFile is missing", "management.ssl.verify = verify_none")]
    [InlineData("Management.PathPrefix is 'rabbit'", "management.path_prefix = rabbit")]
    public void What_does_not_fit_together_is_said(string expected, params string[] lines)
    {
        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => Apply(lines).Broker.Validate());
        Assert.StartsWith(expected, error.Message);
    }

    [Theory]
    [InlineData("auth_backends.1 = ldap", "x.conf:1: auth_backends.1: 'ldap' is not usable; expected: internal, ")]
    [InlineData("auth_oauth2.resource_server = a", "x.conf:1: unknown key 'auth_oauth2.resource_server'; did you mean 'auth_oauth2.resource_server_id'?")]
    [InlineData("management.ssl.certfil = a", "x.conf:1: unknown key 'management.ssl.certfil'; did you mean 'management.ssl.certfile'?")]
    [InlineData("definitions.https.url = https://a", "definitions.https.url needs definitions.import_backend = https")]
    [InlineData("definitions.https.url = http://u:p@a", "x.conf:1: definitions.https.url: the value is not usable; expected: an https URL")]
    [InlineData("definitions.import_backend = https", "definitions.import_backend = https needs definitions.https.url")]
    [InlineData("definitions.tls.crl_check = true", "x.conf:1: definitions.tls.crl_check is not supported by this version; the only value")]
    [InlineData("definitions.tls.verify = no", "x.conf:1: definitions.tls.verify: 'no' is not usable; expected: verify_peer, verify_none")]
    [InlineData("auth_oauth2.scope_aliases.1.alias = a", "auth_oauth2.scope_aliases: 'a' lacks its scope")]
    public void A_wrong_line_is_said(string line, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigurationException>(() => Apply(line)).Message);

    [Fact]
    public void Log_files_and_levels_of_categories()
    {
        var settings = Apply(
            "log.file = a.log", "log.dir = /var/log/haremq", "log.file.level = warning", "log.file.formatter = json",
            "log.file.rotation.size = 10MiB", "log.file.rotation.count = 3", "log.connection.level = error", "log.default.level = warning");
        Assert.Equal("/var/log/haremq/a.log", settings.LogFile.Path);
        Assert.Equal(10 << 20, settings.LogFile.BytesMax);
        Assert.Equal(3, settings.LogFile.Count);
        Assert.Equal((LogLevel.Warning, ConsoleLogFormat.Json), (settings.LogFile.Log.Level, settings.LogFile.Log.Format));
        foreach (var log in new[] { settings.Log, settings.LogFile.Log })
        {
            Assert.False(log.IsEnabled(LogLevel.Warning, "connections"));
            Assert.True(log.IsEnabled(LogLevel.Error, "connections"));
            Assert.False(log.IsEnabled(LogLevel.Information, "queues"));
            Assert.True(log.IsEnabled(LogLevel.Warning, "queues"));
        }

        Assert.Null(Apply("log.file = false").LogFile.Path);
    }

    [Fact]
    public void A_log_file_that_has_grown_is_put_aside_and_the_oldest_goes()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "new", "a.log");
        using (var file = new RotatingFile(path, 10, 2))
            foreach (var line in new[] { "1111\n", "2222\n", "3333\n", "4444444444444\n", "5555\n", "6666\n", "7777\n" })
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(line));
                file.Flush();
            }

        Assert.Equal(["7777\n", "5555\n6666\n", "4444444444444\n"], new[] { path, path + ".0", path + ".1" }.Select(File.ReadAllText));
        Assert.Equal(3, Directory.GetFiles(Path.GetDirectoryName(path)!).Length);
        using (var again = new RotatingFile(path, 0, 2)) again.Write("8888\n"u8);
        Assert.Equal("7777\n8888\n", File.ReadAllText(path));
    }

    private static void AssertPorts(int? plain, int? encrypted, params string[] lines)
    {
        var broker = Apply(lines).Broker;
        Assert.Equal(plain, broker.ManagementPort);
        Assert.Equal(encrypted, broker.ManagementTlsPort);
    }

    private static ServerSettings Apply(params string[] lines)
    {
        var settings = new ServerSettings();
        ConfigurationKeys.Apply(settings, ConfigurationFile.Parse("x.conf", lines));
        return settings;
    }
}
