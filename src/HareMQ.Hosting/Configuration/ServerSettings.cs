using System.Net;
using System.Net.Sockets;

namespace HareMQ.Hosting;

/// <summary>What the server program's configuration adds up to, starting from the program's own defaults.</summary>
internal sealed class ServerSettings
{
    public const string DefaultDataDirectory = "haremq-data";

    public const int DefaultManagementPort = 15672;

    public const int DefaultManagementTlsPort = 15671;

    public const int DefaultPrometheusPort = 15692;

    public const int DefaultPrometheusTlsPort = 15691;

    /// <summary>Every interface: IPv6's wildcard takes IPv4 too, where the system has IPv6 at all.</summary>
    public static IPAddress EveryInterface => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    public HareBrokerOptions Broker { get; } = new()
    {
        Address = EveryInterface,
        DataDirectory = DefaultDataDirectory,
        ManagementPort = DefaultManagementPort,
        PrometheusPort = DefaultPrometheusPort,
    };

    public ConsoleLogOptions Log { get; } = new();

    /// <summary>False: the configuration says that there shall be no control socket.</summary>
    public bool ControlSocketEnabled { get; set; } = true;

    /// <summary>Null: <see cref="ControlSocketPath.FileName"/> in the data directory.</summary>
    public string? ControlSocket { get; set; }

    public LogFileOptions LogFile { get; } = new();

    /// <summary>Whether lines of the log are published to an exchange, too.</summary>
    public bool LogToExchange { get; set; }

    public ConsoleLogOptions LogExchange { get; } = new();

    /// <summary>False while the mechanisms are the default ones, which the first configured one replaces.</summary>
    public bool AuthMechanismsConfigured { get; set; }

    /// <summary>By the ends of their keys, which tell their order.</summary>
    public SortedDictionary<string, string> AuthBackends { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ScopeAlias> ScopeAliases { get; } = new(StringComparer.Ordinal);

    /// <summary>By their IDs, in the order in which these first occur.</summary>
    public OrderedDictionary<string, HareVirtualHostLimits> DefaultLimits { get; } = new(StringComparer.Ordinal);

    /// <summary>Likewise.</summary>
    public OrderedDictionary<string, DefaultPolicySetting> DefaultPolicies { get; } = new(StringComparer.Ordinal);

    /// <summary>By their names, in the order in which these first occur.</summary>
    public OrderedDictionary<string, HareDefaultUser> DefaultUsers { get; } = new(StringComparer.Ordinal);

    /// <summary>Null: nothing says which.</summary>
    public DefinitionsBackend? DefinitionsBackend { get; set; }

    public string? DefinitionsLocalPath { get; set; }

    public Uri? DefinitionsUrl { get; set; }

    /// <summary>How long samples are kept, and how far apart they are; empty: the default.</summary>
    public Dictionary<TimeSpan, TimeSpan> GlobalSamples { get; } = [];

    /// <inheritdoc cref="GlobalSamples"/>
    public Dictionary<TimeSpan, TimeSpan> BasicSamples { get; } = [];

    public CredentialValidator CredentialValidator { get; set; }

    /// <summary>False while nothing says where the HTTP API listens without TLS.</summary>
    public bool ManagementTcpConfigured { get; set; }

    public bool ManagementTlsPortConfigured { get; set; }

    /// <summary>False while nothing says where metrics are without TLS.</summary>
    public bool PrometheusTcpConfigured { get; set; }

    public bool PrometheusTlsPortConfigured { get; set; }

    /// <summary>Draws the conclusions that need all keys. As with RabbitMQ, what is asked for with TLS is not there without it too.</summary>
    public void Complete()
    {
        if (CredentialValidator != CredentialValidator.MinLength) Broker.PasswordMinLength = 0;
        if (CredentialValidator != CredentialValidator.Pattern) Broker.PasswordPattern = null;
        // One decision for all places.
        foreach (var (category, level) in Log.CategoryLevels)
            LogFile.Log.CategoryLevels[category] = LogExchange.CategoryLevels[category] = level;
        if (GlobalSamples.Count > 0) Broker.Management.GlobalSamples = GlobalSamples;
        if (BasicSamples.Count > 0) Broker.Management.BasicSamples = BasicSamples;
        Broker.DefaultLimits = [.. DefaultLimits.Values];
        Broker.DefaultOperatorPolicies = [.. DefaultPolicies.Values.Select(policy => policy.ToPolicy())];
        Broker.DefaultUsers = [.. DefaultUsers.Values];
        CompleteDefinitions();
        if (AuthBackends.Count > 0) Broker.AuthBackends = [.. AuthBackends.Values.Distinct()];
        foreach (var (alias, scopes) in ScopeAliases.Values)
        {
            if (alias is null || scopes is null)
                throw new ConfigurationException($"auth_oauth2.scope_aliases: '{alias ?? scopes}' lacks its {(alias is null ? "alias" : "scope")}");
            Broker.OAuth2.ScopeAliases[alias] = scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        if (Broker.ManagementTls is not null && !ManagementTlsPortConfigured) Broker.ManagementTlsPort = DefaultManagementTlsPort;
        if (Broker.ManagementTlsPort is not null && !ManagementTcpConfigured) Broker.ManagementPort = null;
        if (Broker.PrometheusTls is not null && !PrometheusTlsPortConfigured) Broker.PrometheusTlsPort = DefaultPrometheusTlsPort;
        if (Broker.PrometheusTlsPort is not null && !PrometheusTcpConfigured) Broker.PrometheusPort = null;
    }

    /// <summary>The backend chooses among what is named for both.</summary>
    private void CompleteDefinitions()
    {
        if (DefinitionsBackend == HareMQ.Hosting.DefinitionsBackend.Https)
        {
            Broker.DefinitionsUrl = DefinitionsUrl ?? throw new ConfigurationException("definitions.import_backend = https needs definitions.https.url");
            return;
        }

        if (DefinitionsUrl is not null && DefinitionsBackend is null)
            throw new ConfigurationException("definitions.https.url needs definitions.import_backend = https");
        Broker.DefinitionsPath = DefinitionsLocalPath ?? Broker.DefinitionsPath;
    }
}
