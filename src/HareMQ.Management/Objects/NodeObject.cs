using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using HareMQ.Broker.Alarms;
using HareMQ.Broker.Clients;
using HareMQ.Management.Metrics;

namespace HareMQ.Management.Objects;

/// <summary>This process and its machine. Numbers that .NET has no equivalent of are left out rather than made up.</summary>
internal sealed class NodeObject(ManagementContext context)
{
    private static readonly (string Name, string Description)[] s_exchangeTypes =
    [
        ("direct", "AMQP direct exchange, as per the AMQP specification"),
        ("fanout", "AMQP fanout exchange, as per the AMQP specification"),
        ("headers", "AMQP headers exchange, as per the AMQP specification"),
        ("topic", "AMQP topic exchange, as per the AMQP specification"),
        ("x-consistent-hash", "Consistent Hashing Exchange"),
        ("x-delayed-message", "Delayed Message Exchange."),
        ("x-local-random", "Picks one random local binding (queue) to route via (to)."),
        ("x-modulus-hash", "Modulus Hashing Exchange"),
        ("x-random", "AMQP random exchange. Like a direct exchange, but randomly chooses who to route to."),
    ];

    public static JsonArray ExchangeTypes() => new([.. s_exchangeTypes.Select(type => (JsonNode)new JsonObject
    {
        ["name"] = type.Name,
        ["description"] = type.Description,
        ["enabled"] = true,
    })]);

    public JsonArray Contexts() => new([
        .. context.OwnListeners.Select(listener => (JsonNode)Context(listener, "HareMQ Management")),
        .. context.Options.OtherListeners().Select(listener => (JsonNode)Context(listener, "HareMQ Prometheus")),
    ]);

    private JsonObject Context(ListenerSnapshot listener, string description) => new()
    {
        ["node"] = context.Options.NodeName,
        ["description"] = description,
        ["path"] = "/",
        ["ip"] = listener.Host,
        // A text, as RabbitMQ has it.
        ["port"] = listener.Port.ToString(CultureInfo.InvariantCulture),
        ["protocol"] = listener.Protocol,
        ["ssl_opts"] = new JsonArray(),
    };

    public JsonObject Render()
    {
        var options = context.Options;
        var churn = context.Core.Churn;
        var (resources, alarms) = (context.Core.Resources, context.Core.Alarms.Current);
        var json = new JsonObject
        {
            ["name"] = options.NodeName,
            ["type"] = "disc",
            ["running"] = true,
            ["being_drained"] = context.Clients.IsDrained,
            ["os_pid"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["uptime"] = (long)context.Time.GetElapsedTime(context.StartedAt).TotalMilliseconds,
            ["processors"] = Environment.ProcessorCount,
            ["run_queue"] = ThreadPool.PendingWorkItemCount,
            ["net_ticktime"] = ProcessReadings.NetTickSeconds,
            ["rates_mode"] = options.RatesMode,
            ["db_dir"] = options.DataDirectory,
            ["log_files"] = new JsonArray(),
            ["config_files"] = new JsonArray(),
            ["enabled_plugins"] = new JsonArray("rabbitmq_management"),
            ["applications"] = Applications(),
            ["auth_mechanisms"] = AuthMechanisms(),
            ["exchange_types"] = ExchangeTypes(),
            ["contexts"] = Contexts(),
            ["partitions"] = new JsonArray(),
            ["cluster_links"] = new JsonArray(),
            ["mem_used"] = Environment.WorkingSet,
            ["mem_limit"] = resources.MemoryLimitBytes,
            ["mem_alarm"] = alarms.HasFlag(ResourceAlarm.Memory),
            ["mem_calculation_strategy"] = "rss",
            ["disk_free"] = resources.DiskFreeBytes,
            ["disk_free_limit"] = resources.DiskFreeLimitBytes,
            ["disk_free_alarm"] = alarms.HasFlag(ResourceAlarm.Disk),
            ["fd_used"] = ProcessReadings.OpenFiles(),
            ["fd_total"] = ProcessReadings.OpenFilesMax(),
            ["sockets_used"] = context.Clients.Connections.Count,
            ["sockets_total"] = ProcessReadings.OpenFilesMax(),
            ["proc_used"] = ThreadPool.ThreadCount,
            ["proc_total"] = ProcessReadings.ThreadsMax(),
            ["gc_num"] = GC.CollectionCount(0),
            ["gc_bytes_reclaimed"] = ProcessReadings.ReclaimedBytes(),
            ["connection_created"] = churn.ConnectionsCreated,
            ["connection_closed"] = churn.ConnectionsClosed,
            ["channel_created"] = churn.ChannelsCreated,
            ["channel_closed"] = churn.ChannelsClosed,
            ["queue_declared"] = churn.QueuesDeclared,
            ["queue_created"] = churn.QueuesCreated,
            ["queue_deleted"] = churn.QueuesDeleted,
        };
        return json;
    }

    /// <summary>Where the memory of this process is, as far as .NET knows.</summary>
    public static JsonObject Memory()
    {
        var memory = GC.GetGCMemoryInfo();
        long used = Environment.WorkingSet, heap = memory.HeapSizeBytes, committed = memory.TotalCommittedBytes;
        return new JsonObject
        {
            ["memory"] = new JsonObject
            {
                ["binary"] = heap,
                ["allocated_unused"] = Math.Max(0, committed - heap),
                ["other_system"] = Math.Max(0, used - committed),
                ["strategy"] = "rss",
                ["total"] = new JsonObject { ["erlang"] = heap, ["rss"] = used, ["allocated"] = committed },
            },
        };
    }

    /// <summary>The same in percent of what is resident, rounded up as RabbitMQ does.</summary>
    public static JsonObject RelativeMemory()
    {
        var memory = Memory()["memory"]!.AsObject();
        var resident = memory["total"]!["rss"]!.GetValue<long>();
        var relative = new JsonObject { ["total"] = 100 };
        foreach (var (name, bytes) in memory)
        {
            if (bytes is JsonValue value && value.TryGetValue<long>(out var number))
                relative[name] = (int)Math.Ceiling(100.0 * number / resident);
        }

        return new JsonObject { ["memory"] = relative };
    }

    private JsonArray Applications() => new(
        Application("haremq", context.Options.ProductName, context.Options.ProductVersion),
        Application("rabbit", "RabbitMQ, the version whose protocols and API these are", ManagementOptions.ApiVersion),
        Application("dotnet", RuntimeInformation.FrameworkDescription, Environment.Version.ToString()));

    private static JsonObject Application(string name, string description, string version) => new()
    {
        ["name"] = name,
        ["description"] = description,
        ["version"] = version,
    };

    private JsonArray AuthMechanisms() => new(
        AuthMechanism("PLAIN", "SASL PLAIN authentication mechanism"),
        AuthMechanism("AMQPLAIN", "QPid AMQPLAIN mechanism"),
        AuthMechanism("ANONYMOUS", "SASL ANONYMOUS authentication mechanism"));

    private JsonObject AuthMechanism(string name, string description) => new()
    {
        ["name"] = name,
        ["description"] = description,
        ["enabled"] = context.Options.AuthMechanisms.Contains(name),
    };
}
