using System.Text.RegularExpressions;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.OAuth2;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

public sealed partial class HareBroker
{
    internal static PasswordPolicy Passwords(HareBrokerOptions options) => new()
    {
        Algorithm = options.PasswordHashing == HarePasswordHashing.Sha512 ? HashingAlgorithm.Sha512 : HashingAlgorithm.Sha256,
        LengthMin = options.PasswordMinLength,
        Pattern = options.PasswordPattern is { } pattern
            ? new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
            : null,
    };

    /// <summary>The ways to log in.</summary>
    /// <returns>What goes with the broker; null: nothing.</returns>
    private static OAuth2Backend? AddLogins(HareBrokerOptions options, BrokerCore core, ILoggerFactory loggers)
    {
        var tokens = options.AuthBackends.Contains(HareBrokerOptions.OAuth2Backend)
            ? new OAuth2Backend(options.OAuth2.ToOptions(), options.TimeProvider, loggers.CreateLogger("HareMQ.Access"))
            : null;
        core.Audit = loggers.CreateLogger(AuditLog.Category);
        core.Authenticator = new Authenticator(
            [.. options.AuthBackends.Select(name => name == HareBrokerOptions.OAuth2Backend ? (IAuthenticationBackend)tokens! : new InternalBackend(core.Access))]);
        return tokens;
    }
}
