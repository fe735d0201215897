using System.Text.Json.Nodes;
using HareMQ.Broker.Events;

namespace HareMQ.Management.Control;

/// <summary>
/// Plugins of RabbitMQ whose features are part of this broker: nothing is installed or enabled. One that needs a setting is not running
/// without it.
/// </summary>
internal sealed record BuiltInPlugin(string Name, string Description, Func<ManagementContext, bool> IsRunning)
{
    public JsonNode Render(ManagementContext context) => new JsonObject
    {
        ["name"] = Name,
        ["description"] = Description,
        ["running"] = IsRunning(context),
    };
}

internal static class BuiltInPlugins
{
    public static readonly IReadOnlyList<BuiltInPlugin> All =
    [
        new("rabbitmq_auth_backend_oauth2", "Login with tokens of OAuth 2", HasTokens),
        new("rabbitmq_auth_mechanism_ssl", "Login with a client certificate (EXTERNAL)", UsesCertificates),
        Always("rabbitmq_consistent_hash_exchange", "Exchanges of the type x-consistent-hash"),
        Always("rabbitmq_delayed_message_exchange", "Exchanges of the type x-delayed-message"),
        new("rabbitmq_event_exchange", "Events of the broker on the exchange amq.rabbitmq.event", HasEvents),
        new("rabbitmq_management", "The HTTP API", HasHttp),
        new("rabbitmq_management_agent", "The numbers behind the HTTP API", HasHttp),
        Always("rabbitmq_message_deduplication", "Messages with a key that was seen before are dropped"),
        new("rabbitmq_prometheus", "Metrics for Prometheus", HasMetrics),
        Always("rabbitmq_random_exchange", "Exchanges of the type x-random"),
    ];

    private static BuiltInPlugin Always(string name, string description) => new(name, description, static _ => true);

    private static bool HasHttp(ManagementContext context) => context.OwnListeners.Count > 0;

    private static bool HasMetrics(ManagementContext context) => context.Options.OtherListeners().Count > 0;

    private static bool HasEvents(ManagementContext context) => context.Core.Events != BrokerEvents.None;

    private static bool HasTokens(ManagementContext context) => context.Core.Authenticator.UsesTokens;

    private static bool UsesCertificates(ManagementContext context) => context.Options.AuthMechanisms.Contains("EXTERNAL");
}
