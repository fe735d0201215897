using System.Text.Json.Nodes;
using HareMQ.Broker;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Policies;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Endpoints;
using HareMQ.Management.Http;
using HareMQ.Protocol;

namespace HareMQ.Management.Definitions;

/// <summary>
/// Loads a definitions document: adds what is not there, changes what may change, deletes nothing. Queues, exchanges and bindings that are
/// there already stay as they are.
/// </summary>
/// <param name="core">Where to.</param>
/// <param name="virtualHost">Where everything goes; null: the document says so itself, item by item.</param>
internal sealed class DefinitionsImport(BrokerCore core, string? virtualHost)
{
    /// <summary>What is being loaded, for who reports that it failed: <c>queues[3], "orders"</c>. Empty before the first item.</summary>
    public string Place { get; private set; } = "";

    public async Task RunAsync(JsonBody document)
    {
        if (virtualHost is null)
        {
            await EachAsync(document, "users", LoadUserAsync);
            await EachAsync(document, "vhosts", LoadVirtualHostAsync);
            await EachAsync(document, "permissions",
                item => PermissionEndpoints.SetAsync(core, Name(item, "user"), Host(item).Name, item));
            await EachAsync(document, "topic_permissions",
                item => PermissionEndpoints.SetTopicAsync(core, Name(item, "user"), Host(item).Name, item));
            await EachAsync(document, "global_parameters",
                LoadGlobalParameterAsync);
        }

        await EachAsync(document, "parameters", LoadParameterAsync);
        await EachAsync(document, "policies", item => LoadPolicyAsync(PolicyKind.User, Host(item).Name, Name(item), item));
        await EachAsync(document, "queues", LoadQueueAsync);
        await EachAsync(document, "exchanges", LoadExchangeAsync);
        await EachAsync(document, "bindings", LoadBindingAsync);
    }

    private async Task EachAsync(JsonBody document, string section, Func<JsonBody, Task> load)
    {
        if (document[section] is not { } items) return;
        Place = section;
        if (items is not JsonArray array) throw ApiException.BadRequest($"{section} is not an array");
        for (var i = 0; i < array.Count; i++)
        {
            Place = $"{section}[{i}]";
            if (array[i] is not JsonObject definition) throw ApiException.BadRequest($"{section} has an item that is not an object");
            if (definition["name"] is JsonValue name) Place += $", '{name}'";
            try
            {
                await load(new JsonBody(definition));
            }
            catch (AmqpException error)
            {
                throw ApiException.From(error);
            }
        }
    }

    private static string Name(JsonBody item, string key = "name")
    {
        item.Require(key);
        return item.Text(key) ?? "";
    }

    private VirtualHost Host(JsonBody item)
    {
        var name = virtualHost ?? Name(item, "vhost");
        return core.TryGetVirtualHost(name, out var found)
            ? found
            : throw ApiException.BadRequest($"virtual host '{name}' does not exist");
    }

    private async Task LoadUserAsync(JsonBody item)
    {
        var name = Name(item);
        if (name.Length == 0) throw ApiException.BadRequest("a user needs a name");
        await core.PutUserAsync(UserEndpoints.Read(name, item, core.Passwords));
        var limits = UserLimits.Read(JsonBody.ToElement(item.Object("limits")));
        await core.ChangeLimitsOfUserAsync(name, _ => limits);
    }

    private async Task LoadVirtualHostAsync(JsonBody item)
    {
        var name = Name(item);
        await core.AddVirtualHostAsync(name);
        // Some versions say it beside the name, some in "metadata".
        await core.ChangeMetadataAsync(name, known =>
            VirtualHostEndpoints.ReadMetadata(item, VirtualHostEndpoints.ReadMetadata(new JsonBody(item.Object("metadata")), known)));
    }

    /// <summary>The mark of what was loaded at a start is of the broker that it was loaded into.</summary>
    private Task LoadGlobalParameterAsync(JsonBody item) =>
        Name(item) == BootDefinitions.HashParameter
            ? Task.CompletedTask
            : core.SetGlobalParameterAsync(Name(item), JsonBody.ToElement(item["value"]));

    private Task LoadParameterAsync(JsonBody item)
    {
        item.Require("component", "value");
        var host = Host(item);
        var id = new ParameterId(Name(item, "component"), host.Name, Name(item));
        return ParameterCatalog.SetAsync(core, host, id, item);
    }

    private Task LoadPolicyAsync(PolicyKind kind, string host, string name, JsonBody item) =>
        core.PutPolicyAsync(PolicyEndpoints.Read(kind, host, name, item));

    private async Task LoadQueueAsync(JsonBody item)
    {
        var (host, name) = (Host(item), Name(item));
        if (host.TryGetQueue(name, out _)) return;
        // Said even where it is the usual one: this virtual host's default may be another.
        if (item.Text("type") is { } type && type != "undefined" && type != host.DefaultQueueType)
        {
            var arguments = item.Object("arguments");
            arguments.TryAdd("x-queue-type", type);
            item.Root["arguments"] = arguments.Parent is null ? arguments : item.Root["arguments"];
        }

        await QueueEndpoints.DeclareAsync(host, name, item);
    }

    private async Task LoadExchangeAsync(JsonBody item)
    {
        var (host, name) = (Host(item), Name(item));
        if (host.Topology.TryGetExchange(name, out _)) return;
        await ExchangeEndpoints.DeclareAsync(host, name, item);
    }

    private async Task LoadBindingAsync(JsonBody item)
    {
        var (host, destination) = (Host(item), Name(item, "destination"));
        var source = host.GetExchange(Name(item, "source"));
        IRouteTarget target = item.Text("destination_type") == "exchange"
            ? host.GetExchange(destination)
            : host.GetQueue(destination, this);
        await BindingEndpoints.BindAsync(host, source, target, item);
    }
}
