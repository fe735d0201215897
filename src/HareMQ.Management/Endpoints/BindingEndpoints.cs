using HareMQ.Broker.Access;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;
using HareMQ.Management.Json;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Endpoints;

internal static class BindingEndpoints
{
    public static void Add(EndpointTable table)
    {
        table.Get("/api/bindings", Access.Management, "All bindings",
            request => (ApiResponse)BindingObject.List(request.VisibleVirtualHosts.SelectMany(BindingObject.All)));
        table.Get("/api/bindings/{vhost}", Access.VisibleVirtualHost, "The bindings of a virtual host",
            request => (ApiResponse)BindingObject.List(BindingObject.All(request.VirtualHost)));
        foreach (var (kind, word) in ((string, string)[])[("q", "queue"), ("e", "exchange")])
        {
            var isExchange = kind == "e";
            var pair = $"/api/bindings/{{vhost}}/e/{{source}}/{kind}/{{destination}}";
            table.Get(pair, Access.VisibleVirtualHost, $"The bindings between an exchange and a {word}",
                request => List(request, isExchange));
            table.Post(pair, Access.VirtualHost, $"Binds a {word} to an exchange: routing_key, arguments",
                request => Bind(request, isExchange));
            table.Get($"{pair}/{{props}}", Access.VisibleVirtualHost, $"A binding of a {word}",
                request => OverviewEndpoints.Answer(request, BindingObject.Render(request.VirtualHost, Find(request, isExchange))));
            table.Delete($"{pair}/{{props}}", Access.VirtualHost, $"Unbinds a {word} from an exchange",
                request => Unbind(request, isExchange));
        }
    }

    /// <summary>Binds what a body describes.</summary>
    public static async Task<Binding> BindAsync(VirtualHost virtualHost, Exchange source, IRouteTarget destination, JsonBody body)
    {
        var (key, arguments) = (body.Text("routing_key") ?? "", FieldTableJson.FromJson(body.Object("arguments")));
        if (System.Text.Encoding.UTF8.GetByteCount(key) > byte.MaxValue)
            throw ApiException.BadRequest("routing_key is longer than 255 bytes");
        await virtualHost.BindAsync(source, destination, key, arguments);
        return new Binding(source, destination, key, arguments);
    }

    private static ValueTask<ApiResponse> List(ApiRequest request, bool isExchange)
    {
        var (virtualHost, source, destination) = Ends(request, isExchange);
        return (ApiResponse)BindingObject.List(
            BindingObject.Between(virtualHost, source, destination).Select(binding => (virtualHost, binding)));
    }

    private static async ValueTask<ApiResponse> Bind(ApiRequest request, bool isExchange)
    {
        var body = await request.BodyAsync();
        if (!request.TryGetVirtualHost(out var virtualHost)) throw new ApiException(404, "not_found", "vhost_not_found");
        // As over AMQP: its errors name what is missing.
        var source = virtualHost.GetExchange(request.Exchange("source"));
        IRouteTarget destination = isExchange
            ? virtualHost.GetExchange(request.Exchange("destination"))
            : virtualHost.GetQueue(request["destination"], request);
        CheckAccess(request, virtualHost, source, destination, body.Text("routing_key") ?? "");
        var binding = await BindAsync(virtualHost, source, destination, body);
        return new ApiResponse
        {
            Status = 201,
            Location = $"{Uri.EscapeDataString(destination.Name)}/{Uri.EscapeDataString(binding.PropertiesKey)}",
        };
    }

    private static async ValueTask<ApiResponse> Unbind(ApiRequest request, bool isExchange)
    {
        var virtualHost = request.VirtualHost;
        var binding = Find(request, isExchange);
        CheckAccess(request, virtualHost, binding.Source, binding.Destination, binding.RoutingKey);
        await virtualHost.UnbindAsync(binding.Source, binding.Destination, binding.RoutingKey, binding.Arguments);
        return ApiResponse.NoContent;
    }

    private static Binding Find(ApiRequest request, bool isExchange)
    {
        var (virtualHost, source, destination) = Ends(request, isExchange);
        var key = request["props"];
        return BindingObject.Between(virtualHost, source, destination).FirstOrDefault(binding => binding.PropertiesKey == key)
            ?? throw ApiException.NotFound();
    }

    private static (VirtualHost VirtualHost, Exchange Source, IRouteTarget Destination) Ends(ApiRequest request, bool isExchange)
    {
        var virtualHost = request.VirtualHost;
        if (!virtualHost.Topology.TryGetExchange(request.Exchange("source"), out var source)) throw ApiException.NotFound();
        if (isExchange)
        {
            if (!virtualHost.Topology.TryGetExchange(request.Exchange("destination"), out var exchange)) throw ApiException.NotFound();
            return (virtualHost, source, exchange);
        }

        if (!virtualHost.TryGetQueue(request["destination"], out var queue)) throw ApiException.NotFound();
        return (virtualHost, source, queue);
    }

    private static void CheckAccess(ApiRequest request, VirtualHost virtualHost, Exchange source, IRouteTarget destination, string key)
    {
        if (source.Name.Length == 0) throw RoutingErrors.DefaultExchange();
        var authorizer = request.Authorizer(virtualHost);
        if (!authorizer.MayWrite(destination.Name))
        {
            throw destination is Exchange
                ? AccessErrors.ExchangeRefused(AccessRight.Write, destination.Name, virtualHost.Name, authorizer.User)
                : AccessErrors.QueueRefused(AccessRight.Write, destination.Name, virtualHost.Name, authorizer.User);
        }

        if (!authorizer.MayRead(source.Name))
            throw AccessErrors.ExchangeRefused(AccessRight.Read, source.Name, virtualHost.Name, authorizer.User);
        if (source.Type == ExchangeTypes.Topic && !authorizer.MayReadTopic(source.Name, key))
            throw AccessErrors.TopicRefused(AccessRight.Read, key, source.Name, virtualHost.Name, authorizer.User);
    }
}
