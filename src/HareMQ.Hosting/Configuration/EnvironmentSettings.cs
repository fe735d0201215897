using System.Text.RegularExpressions;

namespace HareMQ.Hosting;

/// <summary>
/// Settings from environment variables: <c>HAREMQ_LISTENERS__TCP__DEFAULT</c> is <c>listeners.tcp.default</c> (two underscores for a dot),
/// and the few <c>RABBITMQ_</c> variables that container files use. An empty variable counts as unset.
/// </summary>
internal static partial class EnvironmentSettings
{
    public const string ConfigFileVariable = "HAREMQ_CONFIG_FILE";

    private const string Prefix = "HAREMQ_";

    /// <summary>No name of a service becomes two underscores in a row.</summary>
    private const string Dot = "__";

    /// <summary>Where the tests find the brokers to compare; a broker that they start inherits them.</summary>
    private const string TestPrefix = "HAREMQ_TEST_";

    private static readonly (string Variable, string Key)[] s_rabbitMqVariables =
    [
        ("RABBITMQ_NODENAME", "node_name"),
        ("RABBITMQ_NODE_PORT", "listeners.tcp.default"),
        ("RABBITMQ_DEFAULT_USER", "default_user"),
        ("RABBITMQ_DEFAULT_PASS", "default_pass"),
        ("RABBITMQ_DEFAULT_VHOST", "default_vhost"),
    ];

    /// <summary>RabbitMQ's variables first, so that HareMQ's own win; these in the order of their names.</summary>
    public static IEnumerable<Setting> Read(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (variable, key) in s_rabbitMqVariables)
            if (environment.TryGetValue(variable, out var value) && value.Length > 0)
                yield return Setting(key, value, variable);
        foreach (var (variable, value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            if (IsSetting(variable) && value.Length > 0)
                yield return Setting(variable[Prefix.Length..].Replace(Dot, ".").ToLowerInvariant(), value, variable);
    }

    private static Setting Setting(string key, string value, string variable) => new(key, value, $"environment variable {variable}");

    private static bool IsSetting(string variable) =>
        variable.StartsWith(Prefix, StringComparison.Ordinal) && variable != ConfigFileVariable
        && !variable.StartsWith(TestPrefix, StringComparison.Ordinal)
        && (variable.Contains(Dot, StringComparison.Ordinal) || !ServiceLink().IsMatch(variable));

    /// <summary>What Kubernetes and Docker links set in every container beside a service called <c>haremq</c>.</summary>
    [GeneratedRegex("^HAREMQ_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$")]
    private static partial Regex ServiceLink();
}
