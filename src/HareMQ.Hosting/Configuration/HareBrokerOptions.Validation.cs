using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using HareMQ.Broker.Access;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Policies;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HareMQ.Hosting;

public sealed partial class HareBrokerOptions
{
    private const int ShortStringBytes = 255;

    internal const string InternalBackend = "internal";
    internal const string OAuth2Backend = "oauth2";

    internal const string AnonymousMechanism = "ANONYMOUS";

    private static readonly HashAlgorithmName[] s_hashes =
        [HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512];

    internal static readonly string[] KnownAuthMechanisms = ["PLAIN", "AMQPLAIN", "EXTERNAL", AnonymousMechanism];

    /// <summary>Checks every option. The broker does so itself when it starts.</summary>
    /// <exception cref="OptionsValidationException">The message names the option, its value and what is allowed.</exception>
    public void Validate()
    {
        if (FindError() is { } error) throw new OptionsValidationException(nameof(HareBrokerOptions), typeof(HareBrokerOptions), [error]);
    }

    private string? FindError() =>
        CheckListeners()
        ?? CheckTls()
        ?? CheckRange(nameof(ManagementPort), ManagementPort, OptionRange.Port)
        ?? CheckRange(nameof(ManagementTlsPort), ManagementTlsPort, OptionRange.Port)
        ?? CheckHttpTls("Management", ManagementTlsPort, ManagementTls)
        ?? CheckPresent(nameof(Management), Management)
        ?? Management.FindError()
        ?? CheckRange(nameof(InitialFrameMaxBytes), InitialFrameMaxBytes, OptionRange.InitialFrameMaxBytes)
        ?? CheckRange(nameof(PrometheusPort), PrometheusPort, OptionRange.Port)
        ?? CheckRange(nameof(PrometheusTlsPort), PrometheusTlsPort, OptionRange.Port)
        ?? CheckHttpTls("Prometheus", PrometheusTlsPort, PrometheusTls)
        ?? CheckPrometheusPath()
        ?? (PrometheusQueuesLeftOut is null || IsPattern(PrometheusQueuesLeftOut)
            ? null
            : Error(nameof(PrometheusQueuesLeftOut), $"'{PrometheusQueuesLeftOut}'", "a regular expression"))
        ?? CheckRange(nameof(HeartbeatSeconds), HeartbeatSeconds, OptionRange.HeartbeatSeconds)
        ?? CheckRange(nameof(FrameMaxBytes), FrameMaxBytes, OptionRange.FrameMaxBytes)
        ?? CheckRange(nameof(ChannelMax), ChannelMax, OptionRange.ChannelMax)
        ?? CheckRange(nameof(MaxMessageBytes), MaxMessageBytes, OptionRange.MaxMessageBytes)
        ?? CheckTime(nameof(HandshakeTimeout), HandshakeTimeout, OptionRange.HandshakeTimeoutMilliseconds)
        ?? CheckRange(nameof(MaxConnections), MaxConnections, OptionRange.Limit)
        ?? CheckRange(nameof(ConsumerMaxPerChannel), ConsumerMaxPerChannel, OptionRange.ConsumersPerChannel)
        ?? CheckTime(nameof(ConsumerTimeout), ConsumerTimeout, OptionRange.ConsumerTimeoutMilliseconds)
        ?? CheckShare(nameof(MemoryHighWatermark), MemoryHighWatermark, OptionRange.MemoryShare)
        ?? CheckRange(nameof(MemoryHighWatermarkBytes), MemoryHighWatermarkBytes, OptionRange.ResourceBytes)
        ?? CheckShare(nameof(DiskFreeLimit), DiskFreeLimit, OptionRange.DiskShare)
        ?? CheckRange(nameof(DiskFreeLimitBytes), DiskFreeLimitBytes, OptionRange.ResourceBytes)
        ?? CheckTime(nameof(MemoryMonitorInterval), MemoryMonitorInterval, OptionRange.MemoryIntervalMilliseconds)
        ?? CheckRange(nameof(TotalMemoryBytes), TotalMemoryBytes, OptionRange.MemoryTotalBytes)
        ?? CheckRange(nameof(Backlog), Backlog, OptionRange.Backlog)
        ?? CheckRange(nameof(SocketSendBufferBytes), SocketSendBufferBytes, OptionRange.SocketBufferBytes)
        ?? CheckRange(nameof(SocketReceiveBufferBytes), SocketReceiveBufferBytes, OptionRange.SocketBufferBytes)
        ?? (Enum.IsDefined(Durability) ? null : Error(nameof(Durability), Durability.ToString(), "Fsync or Os"))
        ?? (DataDirectory?.Length == 0 ? Error(nameof(DataDirectory), "''", "a path, or null") : null)
        ?? (DefinitionsPath?.Length == 0 ? Error(nameof(DefinitionsPath), "''", "a path, or null") : null)
        ?? (s_hashes.Contains(DefinitionsHash)
            ? null
            : Error(nameof(DefinitionsHash), $"'{DefinitionsHash}'", string.Join(", ", s_hashes.Select(hash => hash.Name))))
        ?? CheckShortString(nameof(NodeName), NodeName)
        ?? (ClusterName is null ? null : CheckShortString(nameof(ClusterName), ClusterName))
        ?? CheckShortString(nameof(ProductName), ProductName)
        ?? CheckShortString(nameof(DefaultUser), DefaultUser)
        ?? (string.IsNullOrEmpty(DefaultPassword) ? $"{nameof(DefaultPassword)} is empty; a user without one could not log in" : null)
        ?? CheckShortString(nameof(DefaultVirtualHost), DefaultVirtualHost)
        ?? (EventExchangeVirtualHost is null ? null : CheckShortString(nameof(EventExchangeVirtualHost), EventExchangeVirtualHost))
        ?? CheckPresent(nameof(DefaultUserTags), DefaultUserTags)
        ?? CheckPresent(nameof(LoopbackUsers), LoopbackUsers)
        ?? (Enum.IsDefined(PasswordHashing) ? null : Error(nameof(PasswordHashing), PasswordHashing.ToString(), "Sha256 or Sha512"))
        ?? CheckRange(nameof(PasswordMinLength), PasswordMinLength, OptionRange.PasswordLength)
        ?? (PasswordPattern is null || IsPattern(PasswordPattern)
            ? null
            : Error(nameof(PasswordPattern), $"'{PasswordPattern}'", "a regular expression"))
        ?? CheckRange(nameof(MaxVirtualHosts), MaxVirtualHosts, OptionRange.Limit)
        ?? CheckRange(nameof(MaxQueues), MaxQueues, OptionRange.Limit)
        ?? CheckRange(nameof(MaxExchanges), MaxExchanges, OptionRange.Limit)
        ?? CheckRange(nameof(MaxChannels), MaxChannels, OptionRange.Limit)
        ?? (Enum.IsDefined(DefaultQueueType) ? null : Error(nameof(DefaultQueueType), DefaultQueueType.ToString(), "Classic or Quorum"))
        ?? CheckDefaultLimits()
        ?? CheckDefaultPolicies()
        ?? CheckDefaultUsers()
        ?? CheckPresent(nameof(DefinitionsTls), DefinitionsTls)
        ?? (DefinitionsUrl is null || IsDefinitionsUrl(DefinitionsUrl)
            ? DefinitionsTls.FindError(nameof(DefinitionsTls))
            : $"{nameof(DefinitionsUrl)} is not usable; allowed: {ExpectedDefinitionsUrl}")
        ?? CheckPresent(nameof(TimeProvider), TimeProvider)
        ?? CheckPermissions()
        ?? CheckAuthMechanisms()
        ?? CheckAuthBackends();

    private string? CheckListeners()
    {
        if (CheckPresent(nameof(Address), Address) is { } missing) return missing;
        if (CheckRange(nameof(Port), Port, OptionRange.Port) is { } port) return port;
        if (CheckPresent(nameof(TlsListeners), TlsListeners) is { } noList) return noList;
        var seen = new HashSet<IPEndPoint>();
        return CheckListeners(nameof(Listeners), Listeners ?? [], seen)
            ?? CheckListeners(nameof(TlsListeners), TlsListeners, seen);
    }

    private static string? CheckListeners(string option, IList<IPEndPoint> listeners, HashSet<IPEndPoint> seen)
    {
        foreach (var listener in listeners)
        {
            if (listener is null) return Error(option, "null", "end points without null among them");
            if (listener.Port != 0 && !seen.Add(listener)) return Error(option, $"{listener} twice", "each end point once");
        }
        return null;
    }

    private string? CheckTls()
    {
        if (CheckPresent(nameof(Tls), Tls) is { } missing) return missing;
        if (AuthMechanisms?.Contains("EXTERNAL") == true && !Tls.VerifyPeer)
            return $"{nameof(AuthMechanisms)} has EXTERNAL, which needs Tls.VerifyPeer (ssl_options.verify = verify_peer)";
        return Tls.FindError(TlsListeners.Count > 0);
    }

    private string? CheckHttpTls(string prefix, int? port, HareTlsOptions? own)
    {
        if (own is not null) return own.FindError(port is not null) is { } error ? $"{prefix}{error}" : null;
        return port is not null && string.IsNullOrEmpty(Tls.CertificateFile)
            ? $"{prefix}TlsPort needs a certificate: in {prefix}Tls ({prefix.ToLowerInvariant()}.ssl.certfile) or in Tls (ssl_options.certfile)"
            : null;
    }

    private string? CheckPrometheusPath() =>
        IsHttpPath(PrometheusPath) ? null : Error(nameof(PrometheusPath), $"'{PrometheusPath}'", ExpectedHttpPath);

    internal const string ExpectedHttpPath = "a path that begins with / and does not end with it";

    internal static bool IsHttpPath(string? path) =>
        path is ['/', _, ..] && path[^1] != '/' && path.All(letter => char.IsAsciiLetterOrDigit(letter) || "/-_.~".Contains(letter));

    private static string? CheckTime(string option, TimeSpan? value, OptionRange milliseconds) =>
        value is not { } time || milliseconds.Contains(time.TotalMilliseconds)
            ? null
            : Error(option, time.ToString(), milliseconds.ToString());

    private static string? CheckShare(string option, double? value, OptionRange range) =>
        value is not { } share || range.Contains(share)
            ? null
            : Error(option, share.ToString(CultureInfo.InvariantCulture), range.ToString());

    private string? CheckDefaultLimits()
    {
        if (CheckPresent(nameof(DefaultLimits), DefaultLimits) is { } missing) return missing;
        foreach (var limits in DefaultLimits)
        {
            if (limits is null) return Error(nameof(DefaultLimits), "one with null in it", "entries");
            var error = CheckRange($"{nameof(DefaultLimits)}.{nameof(limits.MaxConnections)}", limits.MaxConnections, OptionRange.Limit)
                ?? CheckRange($"{nameof(DefaultLimits)}.{nameof(limits.MaxQueues)}", limits.MaxQueues, OptionRange.Limit);
            if (error is not null) return error;
            if (!IsPattern(limits.Pattern))
                return Error($"{nameof(DefaultLimits)}.{nameof(limits.Pattern)}", $"'{limits.Pattern}'", "a regular expression");
        }

        return null;
    }

    private string? CheckDefaultPolicies()
    {
        const string option = nameof(DefaultOperatorPolicies);
        if (CheckPresent(option, DefaultOperatorPolicies) is { } missing) return missing;
        foreach (var policy in DefaultOperatorPolicies)
        {
            if (policy is null) return Error(option, "one with null in it", "entries");
            if (CheckShortString($"{option}.{nameof(policy.Name)}", policy.Name) is { } name) return name;
            if (CheckPresent($"{option}.{nameof(policy.Definition)}", policy.Definition) is { } definition) return definition;
            foreach (var pattern in (string[])[policy.VirtualHostPattern, policy.QueuePattern])
                if (!IsPattern(pattern)) return Error($"{option}: a pattern of '{policy.Name}'", $"'{pattern}'", "a regular expression");
            try
            {
                PolicyRule.Compile(HareBroker.ToPolicy(policy), NullLogger.Instance);
            }
            catch (InvalidDefinitionException error)
            {
                return $"{option}: '{policy.Name}': {error.Message}";
            }
        }

        return null;
    }

    private string? CheckDefaultUsers()
    {
        const string option = nameof(DefaultUsers);
        if (CheckPresent(option, DefaultUsers) is { } missing) return missing;
        foreach (var user in DefaultUsers)
        {
            if (user is null) return Error(option, "one with null in it", "entries");
            var error = CheckShortString($"{option}.{nameof(user.Name)}", user.Name)
                ?? CheckPresent($"{option}.{nameof(user.Tags)}", user.Tags)
                ?? CheckPresent($"{option}.{nameof(user.Permissions)}", user.Permissions);
            if (error is not null) return error;
            if (!IsPattern(user.VirtualHostPattern))
                return Error($"{option}.{nameof(user.VirtualHostPattern)}", $"'{user.VirtualHostPattern}'", "a regular expression");
            var (configure, write, read) = user.Permissions;
            foreach (var pattern in (string[])[configure, write, read])
                if (!IsPattern(pattern)) return Error($"{option}.{nameof(user.Permissions)}", $"'{pattern}'", "regular expressions");
            if (CheckPassword(user) is { } password) return password;
        }

        return null;
    }

    private string? CheckPassword(HareDefaultUser user)
    {
        if (user.Password is null) return null;
        try
        {
            return HareBroker.Passwords(this).Hash(user.Password) == PasswordHash.None
                ? $"{nameof(DefaultUsers)}: the password of '{user.Name}' is empty; nobody can log in with it"
                : null;
        }
        catch (InvalidDefinitionException error)
        {
            return $"{nameof(DefaultUsers)}: the password of '{user.Name}' will not do: {error.Message}";
        }
    }

    internal const string ExpectedDefinitionsUrl = "an https URL";

    internal static bool IsDefinitionsUrl(Uri url) => url is { IsAbsoluteUri: true, Scheme: "https", Host.Length: > 0 };

    private string? CheckPermissions()
    {
        if (CheckPresent(nameof(DefaultPermissions), DefaultPermissions) is { } missing) return missing;
        return CheckPattern(nameof(HarePermissions.Configure), DefaultPermissions.Configure)
            ?? CheckPattern(nameof(HarePermissions.Write), DefaultPermissions.Write)
            ?? CheckPattern(nameof(HarePermissions.Read), DefaultPermissions.Read);
    }

    private static string? CheckPattern(string name, string pattern) =>
        IsPattern(pattern) ? null : Error($"{nameof(DefaultPermissions)}.{name}", $"'{pattern}'", "a regular expression");

    internal static bool IsPattern(string? pattern)
    {
        if (pattern is null) return false;
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            return true;
        }
        catch (RegexParseException)
        {
            return false;
        }
    }

    private string? CheckAuthMechanisms()
    {
        var allowed = string.Join(", ", KnownAuthMechanisms);
        if (AuthMechanisms is not { Count: > 0 }) return Error(nameof(AuthMechanisms), "empty", $"at least one of {allowed}");
        foreach (var mechanism in AuthMechanisms)
            if (!KnownAuthMechanisms.Contains(mechanism, StringComparer.Ordinal))
                return Error(nameof(AuthMechanisms), $"'{mechanism}'", allowed);
        if (!AuthMechanisms.Contains(AnonymousMechanism)) return null;
        if (AnonymousLoginUser is null)
            return $"{nameof(AuthMechanisms)} has {AnonymousMechanism}, which needs {nameof(AnonymousLoginUser)} (anonymous_login_user)";
        return CheckShortString(nameof(AnonymousLoginUser), AnonymousLoginUser)
            ?? (string.IsNullOrEmpty(AnonymousLoginPassword) ? $"{nameof(AnonymousLoginPassword)} is empty; nobody can log in without a password" : null);
    }

    private string? CheckAuthBackends()
    {
        if (AuthBackends is not { Count: > 0 } || AuthBackends.Any(name => name is not (InternalBackend or OAuth2Backend)))
            return Error(nameof(AuthBackends), $"'{string.Join(", ", AuthBackends ?? [])}'", $"{InternalBackend}, {OAuth2Backend}, both");
        if (CheckPresent(nameof(OAuth2), OAuth2) is { } missing) return missing;
        return AuthBackends.Contains(OAuth2Backend) ? OAuth2.FindError() : null;
    }

    private static string? CheckRange(string option, long? value, OptionRange range) =>
        value is not { } number || range.Contains(number)
            ? null
            : Error(option, number.ToString(CultureInfo.InvariantCulture), range.ToString());

    private static string? CheckShortString(string option, string? value) =>
        !string.IsNullOrEmpty(value) && Encoding.UTF8.GetByteCount(value) <= ShortStringBytes
            ? null
            : Error(option, $"'{value}'", $"1 to {ShortStringBytes} bytes of UTF-8");

    private static string? CheckPresent(string option, object? value) => value is null ? Error(option, "null", "not null") : null;

    private static string Error(string option, string value, string allowed) => $"{option} is {value}; allowed: {allowed}";
}
