using System.Text;
using System.Text.Json.Nodes;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Broker.Events;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;
using HareMQ.Management.Json;
using HareMQ.Management.Messages;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Endpoints;

internal static class QueueEndpoints
{
    private const string Queue = "/api/queues/{vhost}/{queue}";
    private const string ReservedPrefix = "amq.";

    public static void Add(EndpointTable table)
    {
        table.Get("/api/queues", Access.Management, "All queues", request => List(request, request.VisibleVirtualHosts));
        table.Get("/api/queues/detailed", Access.Management, "All queues with all fields",
            request => List(request, request.VisibleVirtualHosts));
        table.Get("/api/queues/{vhost}", Access.VisibleVirtualHost, "The queues of a virtual host",
            request => List(request, [request.VirtualHost]));
        table.Get("/api/users/{user}/queues", Access.Administrator, "The queues that a user has declared", OfUser);
        table.Get(Queue, Access.VisibleVirtualHost, "A queue",
            request => OverviewEndpoints.Answer(request, new QueueObject(new View(request)).RenderDetailed(Find(request))));
        table.Put(Queue, Access.VirtualHost, "Declares a queue: durable, auto_delete, arguments", Put);
        table.Delete(Queue, Access.VirtualHost, "Deletes a queue: ?if-empty=true, ?if-unused=true", Delete);
        table.Get($"{Queue}/bindings", Access.VisibleVirtualHost, "What leads to a queue", Bindings);
        table.Delete($"{Queue}/contents", Access.VirtualHost, "Drops the messages that are ready", Purge);
        table.Post($"{Queue}/get", Access.VirtualHost, "Takes messages: count, ackmode, encoding, truncate", Get);
        table.Post($"{Queue}/actions", Access.Administrator, "Actions on mirrored queues, of which there are none", UnknownAction);
    }

    /// <summary>Declares what a body describes.</summary>
    public static async Task DeclareAsync(VirtualHost virtualHost, string name, JsonBody body)
    {
        var arguments = FieldTableJson.FromJson(body.Object("arguments"));
        await virtualHost.DeclareQueueAsync(
            new QueueDeclaration(name, body.Flag("durable"), body.Flag("auto_delete"), Owner: null, arguments) { User = ActingUser.Name });
    }

    private static ValueTask<ApiResponse> OfUser(ApiRequest request) =>
        request.Context.Core.Access.TryGetUser(request["user"], out var user)
            ? List(request, request.VisibleVirtualHosts, queue => queue.Declaration.User == user.Name)
            : throw ApiException.NotFound();

    private static ValueTask<ApiResponse> List(
        ApiRequest request, IEnumerable<VirtualHost> virtualHosts, Func<MessageQueue, bool>? isWanted = null)
    {
        var queues = virtualHosts.SelectMany(virtualHost => virtualHost.Queues.OrderBy(queue => queue.Name, StringComparer.Ordinal));
        if (isWanted is not null) queues = queues.Where(isWanted);
        return (ApiResponse)ApiList.Of(queues, new QueueObject(new View(request)).Render, queue => queue.Name);
    }

    private static MessageQueue Find(ApiRequest request) =>
        request.VirtualHost.TryGetQueue(request["queue"], out var queue) ? queue : throw ApiException.NotFound();

    /// <exception cref="ApiException">400: it belongs to a connection.</exception>
    private static MessageQueue FindShared(ApiRequest request)
    {
        var queue = Find(request);
        return queue.Declaration.Exclusive
            ? throw ApiException.From(BrokerErrors.QueueLocked(queue.Name, queue.VirtualHost))
            : queue;
    }

    private static async ValueTask<ApiResponse> Put(ApiRequest request)
    {
        var body = await request.BodyAsync();
        if (!request.TryGetVirtualHost(out var virtualHost)) throw new ApiException(404, "not_found", "vhost_not_found");
        var name = request["queue"];
        var isNew = !virtualHost.TryGetQueue(name, out _);
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal) && isNew) throw BrokerErrors.ReservedQueueName(name);
        CheckDeclareAccess(request, virtualHost, name, body.Object("arguments"));
        await DeclareAsync(virtualHost, name, body);
        return ApiResponse.CreatedOrUpdated(isNew);
    }

    private static void CheckDeclareAccess(ApiRequest request, VirtualHost virtualHost, string name, JsonObject arguments)
    {
        var authorizer = request.Authorizer(virtualHost);
        if (!authorizer.MayConfigure(name)) throw AccessErrors.QueueRefused(AccessRight.Configure, name, virtualHost.Name, authorizer.User);
        if (arguments[QueueArguments.DeadLetterExchange] is not JsonValue deadLetters) return;
        if (!authorizer.MayRead(name)) throw AccessErrors.QueueRefused(AccessRight.Read, name, virtualHost.Name, authorizer.User);
        var exchange = deadLetters.ToString();
        if (!authorizer.MayWrite(exchange))
            throw AccessErrors.ExchangeRefused(AccessRight.Write, exchange, virtualHost.Name, authorizer.User);
    }

    private static async ValueTask<ApiResponse> Delete(ApiRequest request)
    {
        var queue = FindShared(request);
        Check(request, AccessRight.Configure, queue);
        var outcome = await request.VirtualHost.DeleteQueueAsync(queue, request.Flag("if-unused"), request.Flag("if-empty"));
        outcome.TellConsumers();
        return ApiResponse.NoContent;
    }

    private static ValueTask<ApiResponse> Bindings(ApiRequest request)
    {
        var virtualHost = request.VirtualHost;
        var bindings = BindingObject.To(virtualHost, Find(request));
        return (ApiResponse)BindingObject.List(bindings.Select(binding => (virtualHost, binding)));
    }

    private static async ValueTask<ApiResponse> Purge(ApiRequest request)
    {
        var queue = FindShared(request);
        Check(request, AccessRight.Read, queue);
        await queue.PurgeAsync();
        return ApiResponse.NoContent;
    }

    private static async ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("count", "ackmode", "encoding");
        var mode = body.Text("ackmode");
        if (mode is not ("ack_requeue_true" or "ack_requeue_false" or "reject_requeue_true" or "reject_requeue_false"))
            throw ApiException.BadRequest($"Invalid ackmode value: {mode}");
        var encoding = body.Text("encoding");
        if (encoding is not ("auto" or "base64")) throw ApiException.BadRequest($"Unsupported encoding: {encoding}");
        var queue = FindShared(request);
        Check(request, AccessRight.Read, queue);
        // All first, then back: else each would be got again.
        var trace = new HttpTrace(request, request.VirtualHost);
        var messages = await MessageFetcher.FetchAsync(queue, trace, body.Number("count") ?? 0, autoAck: mode == "ack_requeue_false");
        if (mode is "ack_requeue_true" or "reject_requeue_true") MessageFetcher.Settle(queue, messages, Settlement.Requeue);
        if (mode == "reject_requeue_false") MessageFetcher.Settle(queue, messages, Settlement.Discard);
        return new JsonArray([.. messages.Select(message => Render(message, encoding, body.Number("truncate")))]);
    }

    private static JsonObject Render(FetchedMessage message, string encoding, long? truncate)
    {
        var shown = message.Body.AsSpan(0, (int)Math.Clamp(truncate ?? int.MaxValue, 0, message.Body.Length));
        var isText = encoding == "auto" && System.Text.Unicode.Utf8.IsValid(shown);
        return new JsonObject
        {
            ["payload_bytes"] = message.Body.Length,
            ["redelivered"] = message.Redelivered,
            ["exchange"] = message.Exchange,
            ["routing_key"] = message.RoutingKey,
            ["message_count"] = message.Remaining,
            ["properties"] = PropertiesJson.ToJson(message.Properties),
            ["payload"] = isText ? Encoding.UTF8.GetString(shown) : Convert.ToBase64String(shown),
            ["payload_encoding"] = isText ? "string" : "base64",
        };
    }

    private static async ValueTask<ApiResponse> UnknownAction(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("action");
        _ = Find(request);
        throw ApiException.BadRequest($"Unknown action {body.Text("action")}");
    }

    private static void Check(ApiRequest request, AccessRight right, MessageQueue queue)
    {
        var authorizer = request.Authorizer(request.VirtualHost);
        var may = right == AccessRight.Configure ? authorizer.MayConfigure(queue.Name) : authorizer.MayRead(queue.Name);
        if (!may) throw AccessErrors.QueueRefused(right, queue.Name, queue.VirtualHost, authorizer.User);
    }
}
