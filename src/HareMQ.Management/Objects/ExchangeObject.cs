using System.Text.Json.Nodes;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Json;
using HareMQ.Management.Statistics;

namespace HareMQ.Management.Objects;

internal sealed class ExchangeObject(View view)
{
    public JsonObject Render(VirtualHost virtualHost, Exchange exchange)
    {
        var json = Definition(virtualHost, exchange);
        if (virtualHost.PolicyOf(exchange).User is { } policy) json["policy"] = policy.Name;
        if (!view.DisableStats && view.Stats.Messages(Schema.Exchange, exchange.Messages, Numbers.Of(exchange.Messages)) is { } stats)
            json["message_stats"] = stats;
        return json;
    }

    public JsonObject RenderDetailed(VirtualHost virtualHost, Exchange exchange)
    {
        var json = Render(virtualHost, exchange);
        json["incoming"] = new JsonArray();
        json["outgoing"] = new JsonArray();
        return json;
    }

    /// <summary>What a definitions file says of it too.</summary>
    public static JsonObject Definition(VirtualHost virtualHost, Exchange exchange) => new()
    {
        ["name"] = exchange.Name,
        ["vhost"] = virtualHost.Name,
        ["type"] = exchange.Type,
        ["durable"] = exchange.Durable,
        ["auto_delete"] = exchange.AutoDelete,
        ["internal"] = exchange.Internal,
        ["arguments"] = FieldTableJson.ToJson(exchange.Arguments),
    };
}
