namespace HareMQ.Management.Tests;

/// <summary>Who may do what: every method of every path, as every kind of user.</summary>
internal static class AccessTable
{
    /// <summary>
    /// In the order of the letters of <see cref="Everybody"/>. All but the last two have a permission in the virtual host "acc".
    /// </summary>
    public static readonly (string Name, string Tags)[] Users =
    [
        ("acc-nobody", ""), ("acc-manager", "management"), ("acc-maker", "policymaker"), ("acc-monitor", "monitoring"),
        ("acc-admin", "administrator"), ("acc-outsider", "management"), ("acc-watcher", "monitoring"),
    ];

    /// <summary>The place of the administrator among them.</summary>
    public const int Administrator = 4;

    private const string Everybody = "nmpoaxw";
    private const string Management = "mpoaxw";
    private const string InVirtualHost = "mpoa";
    private const string SeesVirtualHost = "mpoaw";
    private const string PolicyMakers = "pa";
    private const string Monitors = "oaw";
    private const string Administrators = "a";

    /// <summary>The connection of the paths is the manager's.</summary>
    private const string Owner = "moaw";

    private const string Leaders = "health/checks/quorum-queues-without-elected-leaders";

    public static readonly Row[] Rows =
    [
        Get("overview", Management), Get("whoami", Management), Get("version", Management), Get("cluster-name", Management),
        Get("auth", Everybody), Get("auth/hash_password/{password}", Administrators), Get("nodes", Monitors), Get("nodes/{node}", Monitors),
        Get("nodes/{node}/memory", Monitors), Get("nodes/{node}/memory/relative", Monitors), Get("extensions", Management),
        Get("feature-flags", Management), Get("deprecated-features", Management), Get("deprecated-features/used", Management),
        Get("auth/attempts/{node}", Monitors), Get("auth/attempts/{node}/source", Monitors),
        Delete("auth/attempts/{node}", Monitors), Delete("auth/attempts/{node}/source", Monitors),
        new("POST", "login", Everybody, 200, "username=guest&password=guest"),
        Get("openapi.json", Everybody), Get("aliveness-test/{vhost}", InVirtualHost), Get("healthchecks/node", Management),
        Get("healthchecks/node/{node}", Management), Get("health/checks/alarms", Management), Get("health/checks/local-alarms", Management),
        Get("health/checks/certificate-expiration/{within}/{unit}", Management), Get("health/checks/port-listener/{port}", Management),
        Get("health/checks/protocol-listener/{protocols}", Management), Get("health/checks/virtual-hosts", Management),
        Get("health/checks/node-is-quorum-critical", Management), Get("health/checks/node-is-mirror-sync-critical", Management),
        Get("health/checks/below-node-connection-limit", Management), Get("health/checks/reached-target-cluster-size", Management),
        Get($"{Leaders}/all-vhosts", Management), Get($"{Leaders}/all-vhosts/pattern/{{pattern}}", Management),
        Get($"{Leaders}/vhost/{{vhost}}", SeesVirtualHost), Get($"{Leaders}/vhost/{{vhost}}/pattern/{{pattern}}", SeesVirtualHost),
        Get("health/checks/is-in-service", Management), Get("health/checks/ready-to-serve-clients", Management),
        Get("health/checks/metadata-store/initialized", Management), Get("health/checks/metadata-store/initialized/with-data", Management),
        Put("cluster-name", Administrators, 204, """{"name":"acc"}"""), Put("feature-flags/{name}/enable", Administrators, 204, "{}"),
        Delete("reset", Administrators), Delete("reset/{node}", Administrators), new("POST", "rebalance/queues", Administrators, 202, "{}"),

        Get("vhosts", Management), Get("vhosts/{vhost}", SeesVirtualHost), Get("vhosts/{vhost}/permissions", Administrators),
        Get("vhosts/{vhost}/topic-permissions", Administrators), Get("vhosts/{vhost}/connections", SeesVirtualHost),
        Get("vhosts/{vhost}/channels", SeesVirtualHost),
        Put("vhosts/{vhost}", Administrators, 201, "{}") with { Path = "vhosts/acc-new" },
        Delete("vhosts/{vhost}", Administrators) with { Path = "vhosts/acc-new", Prepare = ("vhosts/acc-new", "{}") },
        new("POST", "vhosts/{vhost}/deletion/protection", Administrators, 204, "{}")
        {
            Path = "vhosts/acc-new/deletion/protection", Prepare = ("vhosts/acc-new", "{}"),
        },
        Delete("vhosts/{vhost}/deletion/protection", Administrators) with
        {
            Path = "vhosts/acc-new/deletion/protection", Prepare = ("vhosts/acc-new", "{}"),
        },
        new("POST", "vhosts/{vhost}/start/{node}", Administrators, 204, "{}"),
        Get("vhost-limits", Management), Get("vhost-limits/{vhost}", SeesVirtualHost),
        Put("vhost-limits/{vhost}/{name}", Administrators, 204, """{"value":100}""") with { Path = "vhost-limits/acc/max-queues" },
        Delete("vhost-limits/{vhost}/{name}", Administrators) with { Path = "vhost-limits/acc/max-queues" },

        Get("users", Administrators), Get("users/without-permissions", Administrators), Get("users/{user}", Administrators),
        Get("users/{user}/permissions", Administrators), Get("users/{user}/topic-permissions", Administrators),
        Get("users/{user}/connections", Management), Get("users/{user}/queues", Administrators),
        Put("users/{user}", Administrators, 201, """{"tags":""}""") with { Path = "users/acc-new" },
        Delete("users/{user}", Administrators) with { Path = "users/acc-new", Prepare = ("users/acc-new", """{"tags":""}""") },
        new("POST", "users/bulk-delete", Administrators, 204, """{"users":["acc-new"]}""")
        {
            Prepare = ("users/acc-new", """{"tags":""}"""),
        },
        Get("user-limits", Administrators), Get("user-limits/{user}", Administrators),
        Put("user-limits/{user}/{name}", Administrators, 204, """{"value":100}""") with { Path = "user-limits/acc-nobody/max-channels" },
        Delete("user-limits/{user}/{name}", Administrators) with { Path = "user-limits/acc-nobody/max-channels" },
        Get("permissions", Administrators), Get("permissions/{vhost}/{user}", Administrators),
        Put("permissions/{vhost}/{user}", Administrators, 204, """{"configure":".*","write":".*","read":".*"}"""),
        Delete("permissions/{vhost}/{user}", Administrators) with
        {
            Path = "permissions/acc/guest", Prepare = ("permissions/acc/guest", """{"configure":".*","write":".*","read":".*"}"""),
        },
        Get("topic-permissions", Administrators),
        Get("topic-permissions/{vhost}/{user}", Administrators) with { Prepare = Topics },
        Put("topic-permissions/{vhost}/{user}", Administrators, 204, Topics.Body) with { Prepare = Topics },
        Delete("topic-permissions/{vhost}/{user}", Administrators) with { Prepare = Topics },
        Delete("topic-permissions/{vhost}/{user}/{exchange}", Administrators) with
        {
            Path = "topic-permissions/acc/acc-nobody/amq.topic", Prepare = Topics,
        },

        Get("exchanges", Management), Get("exchanges/{vhost}", SeesVirtualHost), Get("exchanges/{vhost}/{exchange}", SeesVirtualHost),
        Put("exchanges/{vhost}/{exchange}", InVirtualHost, 204, """{"type":"topic","durable":true}"""),
        Delete("exchanges/{vhost}/{exchange}", InVirtualHost) with
        {
            Path = "exchanges/acc/new", Prepare = ("exchanges/acc/new", """{"type":"fanout"}"""),
        },
        Get("exchanges/{vhost}/{exchange}/bindings/source", SeesVirtualHost),
        Get("exchanges/{vhost}/{exchange}/bindings/destination", SeesVirtualHost),
        new("POST", "exchanges/{vhost}/{exchange}/publish", InVirtualHost, 200,
            """{"properties":{},"routing_key":"","payload":"","payload_encoding":"string"}"""),
        Get("queues", Management), Get("queues/detailed", Management), Get("queues/{vhost}", SeesVirtualHost),
        Get("queues/{vhost}/{queue}", SeesVirtualHost), Put("queues/{vhost}/{queue}", InVirtualHost, 204, """{"durable":true}"""),
        Delete("queues/{vhost}/{queue}", InVirtualHost) with { Path = "queues/acc/new", Prepare = ("queues/acc/new", "{}") },
        Get("queues/{vhost}/{queue}/bindings", SeesVirtualHost), Delete("queues/{vhost}/{queue}/contents", InVirtualHost),
        new("POST", "queues/{vhost}/{queue}/get", InVirtualHost, 200, """{"count":1,"ackmode":"ack_requeue_true","encoding":"auto"}"""),
        new("POST", "queues/{vhost}/{queue}/actions", Administrators, 400, """{"action":"unknown"}"""),
        new("POST", "queues/quorum/{vhost}/{queue}/replicas/add", Administrators, 405, """{"node":"other"}"""),
        new("DELETE", "queues/quorum/{vhost}/{queue}/replicas/delete", Administrators, 405, """{"node":"other"}"""),
        new("POST", "queues/quorum/replicas/on/{node}/grow", Administrators, 405, """{"strategy":"all"}"""),
        new("DELETE", "queues/quorum/replicas/on/{node}/shrink", Administrators, 405),
        Get("bindings", Management), Get("bindings/{vhost}", SeesVirtualHost),
        .. Bindings("q", "q"), .. Bindings("e", "amq.fanout"),

        Get("connections", Management), Get("connections/username/{user}", Management),
        Get("connections/{name}", Owner), Get("connections/{name}/channels", Owner),
        new("GET", "connections/{name}/sessions", Owner, 400),
        Get("channels", Management), Get("channels/{name}", Owner),
        Delete("connections/{name}", "ma") with { ClosesConnection = true },
        Delete("connections/username/{user}", "ma") with { Path = "connections/username/acc-manager", ClosesConnection = true },
        Get("consumers", Management), Get("consumers/{vhost}", Management),

        .. Policies("policies", PolicyMakers), .. Policies("operator-policies", Administrators),
        Get("parameters", PolicyMakers), Get("parameters/{component}", PolicyMakers), Get("parameters/{component}/{vhost}", PolicyMakers),
        Get("parameters/{component}/{vhost}/{name}", PolicyMakers) with { Prepare = Parameter },
        Put("parameters/{component}/{vhost}/{name}", Administrators, 204, Parameter.Body) with { Prepare = Parameter },
        Delete("parameters/{component}/{vhost}/{name}", Administrators) with { Prepare = Parameter },
        Get("global-parameters", Administrators), Get("global-parameters/{name}", Administrators) with { Prepare = Global },
        Put("global-parameters/{name}", Administrators, 204, Global.Body) with { Prepare = Global },
        Delete("global-parameters/{name}", Administrators) with { Prepare = Global },

        Get("definitions", Administrators), Get("definitions/{vhost}", Administrators), Get("all-configuration", Administrators),
        new("POST", "definitions", Administrators, 204, "{}"), new("POST", "definitions/{vhost}", Administrators, 204, "{}"),
        new("POST", "all-configuration", Administrators, 204, "{}"),
    ];

    private static (string Path, string Body) Topics =>
        ("topic-permissions/acc/acc-nobody", """{"exchange":"amq.topic","write":"","read":""}""");

    private static (string Path, string Body) Parameter => ("parameters/vhost-limits/acc/limits", """{"value":{"max-queues":100}}""");

    private static (string Path, string Body) Global => ("global-parameters/acc", """{"value":1}""");

    /// <summary>The statuses that each user must get, in the order of <see cref="Users"/>.</summary>
    public static int[] Expected(Row row) => [.. Everybody.Select(user => row.Allowed.Contains(user) ? row.Status : 401)];

    private static Row Get(string template, string allowed) => new("GET", template, allowed, 200);

    private static Row Put(string template, string allowed, int status, string body) => new("PUT", template, allowed, status, body);

    private static Row Delete(string template, string allowed) => new("DELETE", template, allowed, 204);

    private static IEnumerable<Row> Bindings(string kind, string destination)
    {
        var pair = $"bindings/{{vhost}}/e/{{source}}/{kind}/{{destination}}";
        var path = $"bindings/acc/e/x/{kind}/{destination}";
        yield return Get(pair, SeesVirtualHost) with { Path = path };
        yield return new Row("POST", pair, InVirtualHost, 201, """{"routing_key":"k"}""") { Path = path };
        yield return Get($"{pair}/{{props}}", SeesVirtualHost) with { Path = $"{path}/k" };
        yield return Delete($"{pair}/{{props}}", InVirtualHost) with { Path = $"{path}/k", Post = (path, """{"routing_key":"k"}""") };
    }

    private static IEnumerable<Row> Policies(string root, string allowed)
    {
        var (one, prepare) = ($"{root}/{{vhost}}/{{name}}", ($"{root}/acc/p", """{"pattern":"x","definition":{"max-length":1}}"""));
        yield return Get(root, Management);
        yield return Get($"{root}/{{vhost}}", SeesVirtualHost);
        yield return Get(one, allowed) with { Path = prepare.Item1, Prepare = prepare };
        yield return Put(one, allowed, 204, prepare.Item2) with { Path = prepare.Item1, Prepare = prepare };
        yield return Delete(one, allowed) with { Path = prepare.Item1, Prepare = prepare };
    }

    /// <summary>One method of one path.</summary>
    /// <param name="Method">GET, PUT, POST, DELETE.</param>
    /// <param name="Template">The path as <c>/api/openapi.json</c> has it, below <c>/api/</c>.</param>
    /// <param name="Allowed">Who gets <paramref name="Status"/>; everybody else gets 401.</param>
    /// <param name="Status">What success is.</param>
    /// <param name="Body">Null: none.</param>
    internal sealed record Row(string Method, string Template, string Allowed, int Status, string? Body = null)
    {
        /// <summary>The path with names in it.</summary>
        public string Path { get; init; } = Template
            .Replace("{vhost}", "acc").Replace("{user}", "acc-nobody").Replace("{exchange}", "x").Replace("{queue}", "q")
            .Replace("{component}", "vhost-limits").Replace("{password}", "secret").Replace("{within}", "1").Replace("{unit}", "months")
            .Replace("{protocols}", "http").Replace("{port}", "PORT").Replace("{node}", "NODE").Replace("{pattern}", "^q")
            .Replace("parameters/vhost-limits/acc/{name}", "parameters/vhost-limits/acc/limits")
            .Replace("global-parameters/{name}", "global-parameters/acc").Replace("feature-flags/{name}", "feature-flags/quorum_queue")
            .Replace("connections/{name}", "connections/CONNECTION").Replace("channels/{name}", "channels/CHANNEL");

        /// <summary>What an administrator PUTs before each attempt, so that it is there.</summary>
        public (string Path, string Body)? Prepare { get; init; }

        /// <summary>The same with POST.</summary>
        public (string Path, string Body)? Post { get; init; }

        /// <summary>Success ends the manager's connection; the next attempt needs another.</summary>
        public bool ClosesConnection { get; init; }
    }
}
