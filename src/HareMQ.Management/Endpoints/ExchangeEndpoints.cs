using System.Text;
using System.Text.Json.Nodes;
using HareMQ.Broker.Access;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;
using HareMQ.Management.Json;
using HareMQ.Management.Messages;
using HareMQ.Management.Objects;
using HareMQ.Protocol;

namespace HareMQ.Management.Endpoints;

internal static class ExchangeEndpoints
{
    private const string Exchange = "/api/exchanges/{vhost}/{exchange}";
    private const string ReservedPrefix = "amq.";

    public static void Add(EndpointTable table)
    {
        table.Get("/api/exchanges", Access.Management, "All exchanges", request => List(request, request.VisibleVirtualHosts));
        table.Get("/api/exchanges/{vhost}", Access.VisibleVirtualHost, "The exchanges of a virtual host",
            request => List(request, [request.VirtualHost]));
        table.Get(Exchange, Access.VisibleVirtualHost, "An exchange", request => OverviewEndpoints.Answer(
            request, new ExchangeObject(new View(request)).RenderDetailed(request.VirtualHost, Find(request))));
        table.Put(Exchange, Access.VirtualHost, "Declares an exchange: type, durable, auto_delete, internal, arguments", Put);
        table.Delete(Exchange, Access.VirtualHost, "Deletes an exchange: ?if-unused=true", Delete);
        table.Get($"{Exchange}/bindings/source", Access.VisibleVirtualHost, "What an exchange leads to",
            request => Bindings(request, BindingObject.From(request.VirtualHost, Find(request))));
        table.Get($"{Exchange}/bindings/destination", Access.VisibleVirtualHost, "What leads to an exchange",
            request => Bindings(request, BindingObject.To(request.VirtualHost, Find(request))));
        table.Post($"{Exchange}/publish", Access.VirtualHost, "Publishes a message: properties, routing_key, payload, payload_encoding",
            Publish);
    }

    /// <summary>Declares what a body describes.</summary>
    public static ValueTask<Exchange> DeclareAsync(VirtualHost virtualHost, string name, JsonBody body) => virtualHost.DeclareExchangeAsync(
        name, body.Text("type") ?? ExchangeTypes.Direct, body.Flag("durable"), body.Flag("auto_delete"), body.Flag("internal"),
        FieldTableJson.FromJson(body.Object("arguments")));

    private static ValueTask<ApiResponse> List(ApiRequest request, IEnumerable<VirtualHost> virtualHosts)
    {
        var render = new ExchangeObject(new View(request));
        var exchanges = virtualHosts.SelectMany(virtualHost => virtualHost.Topology.Exchanges
            .OrderBy(exchange => exchange.Name, StringComparer.Ordinal).Select(exchange => (VirtualHost: virtualHost, Exchange: exchange)));
        return (ApiResponse)ApiList.Of(exchanges, found => render.Render(found.VirtualHost, found.Exchange), found => found.Exchange.Name);
    }

    private static Exchange Find(ApiRequest request) =>
        request.VirtualHost.Topology.TryGetExchange(request.Exchange(), out var exchange) ? exchange : throw ApiException.NotFound();

    private static async ValueTask<ApiResponse> Put(ApiRequest request)
    {
        var body = await request.BodyAsync();
        if (!request.TryGetVirtualHost(out var virtualHost)) throw new ApiException(404, "not_found", "vhost_not_found");
        var name = request.Exchange();
        if (name.Length == 0) throw RoutingErrors.DefaultExchange();
        var isNew = !virtualHost.Topology.TryGetExchange(name, out _);
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal) && isNew) throw RoutingErrors.ReservedPrefix(name);
        CheckConfigure(request, virtualHost, name);
        if (body.Object("arguments")[ExchangeArguments.AlternateExchange] is JsonValue alternate)
            CheckAlternate(request, virtualHost, name, alternate.ToString());
        await DeclareAsync(virtualHost, name, body);
        return ApiResponse.CreatedOrUpdated(isNew);
    }

    private static async ValueTask<ApiResponse> Delete(ApiRequest request)
    {
        var virtualHost = request.VirtualHost;
        var name = Find(request).Name;
        if (name.Length == 0) throw RoutingErrors.DefaultExchange();
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal)) throw RoutingErrors.SystemExchangeDeletion(name, virtualHost.Name);
        CheckConfigure(request, virtualHost, name);
        await virtualHost.DeleteExchangeAsync(name, request.Flag("if-unused"));
        return ApiResponse.NoContent;
    }

    private static ValueTask<ApiResponse> Bindings(ApiRequest request, IEnumerable<Binding> bindings)
    {
        var virtualHost = request.VirtualHost;
        return (ApiResponse)BindingObject.List(bindings.Select(binding => (virtualHost, binding)));
    }

    private static async ValueTask<ApiResponse> Publish(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("properties", "routing_key", "payload", "payload_encoding");
        var properties = PropertiesJson.FromJson(body.Object("properties"));
        var payload = Payload(body.Text("payload") ?? "", body.Text("payload_encoding"));
        try
        {
            var publisher = new MessagePublisher(request, request.VirtualHost);
            var isRouted = await publisher.PublishAsync(request.Exchange(), body.Text("routing_key") ?? "", properties, payload);
            return new JsonObject { ["routed"] = isRouted };
        }
        catch (ChannelException error) when (error.Code == ReplyCode.NotFound)
        {
            // A publish that closes its channel is a bad request, whatever closed it.
            throw ApiException.BadRequest($"{(int)error.Code} {error.Message}");
        }
    }

    private static byte[] Payload(string text, string? encoding)
    {
        if (encoding == "string") return Encoding.UTF8.GetBytes(text);
        if (encoding != "base64") throw ApiException.BadRequest($"Unsupported encoding: {encoding}");
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw ApiException.BadRequest("payload is not base64");
        }
    }

    private static void CheckConfigure(ApiRequest request, VirtualHost virtualHost, string name)
    {
        var authorizer = request.Authorizer(virtualHost);
        if (!authorizer.MayConfigure(name))
            throw AccessErrors.ExchangeRefused(AccessRight.Configure, name, virtualHost.Name, authorizer.User);
    }

    private static void CheckAlternate(ApiRequest request, VirtualHost virtualHost, string name, string alternate)
    {
        var authorizer = request.Authorizer(virtualHost);
        if (!authorizer.MayRead(name)) throw AccessErrors.ExchangeRefused(AccessRight.Read, name, virtualHost.Name, authorizer.User);
        if (!authorizer.MayWrite(alternate))
            throw AccessErrors.ExchangeRefused(AccessRight.Write, alternate, virtualHost.Name, authorizer.User);
    }
}
