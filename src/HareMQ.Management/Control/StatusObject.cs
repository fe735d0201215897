using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using HareMQ.Broker.Alarms;
using HareMQ.Management.Http;
using HareMQ.Management.Metrics;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Control;

/// <summary>What <c>rabbitmqctl status --formatter json</c> prints, under the same keys, as far as .NET has an equivalent.</summary>
internal sealed class StatusObject(ApiRequest request)
{
    private readonly ManagementContext _context = request.Context;

    public JsonObject Render()
    {
        var options = _context.Options;
        var resources = _context.Core.Resources;
        ThreadPool.GetMaxThreads(out var threadsMax, out _);
        return new JsonObject
        {
            ["pid"] = Environment.ProcessId,
            ["os"] = RuntimeInformation.OSDescription,
            ["uptime"] = (long)_context.Time.GetElapsedTime(_context.StartedAt).TotalSeconds,
            ["is_under_maintenance"] = _context.Clients.IsDrained,
            ["node"] = options.NodeName,
            ["cluster_name"] = _context.ClusterName,
            ["rabbitmq_version"] = ManagementOptions.ApiVersion,
            ["product_name"] = options.ProductName,
            ["product_version"] = options.ProductVersion,
            ["erlang_version"] = $"{RuntimeInformation.FrameworkDescription} {RuntimeInformation.RuntimeIdentifier}",
            ["cpu_cores"] = Environment.ProcessorCount,
            ["processes"] = new JsonObject { ["used"] = ThreadPool.ThreadCount, ["limit"] = threadsMax },
            ["run_queue"] = ThreadPool.PendingWorkItemCount,
            ["active_plugins"] = new JsonArray(
                [.. BuiltInPlugins.All.Where(plugin => plugin.IsRunning(_context)).Select(plugin => (JsonNode)plugin.Name)]),
            ["data_directory"] = options.DataDirectory,
            ["config_files"] = new JsonArray([.. options.ConfigurationFiles.Select(file => (JsonNode)file)]),
            ["log_files"] = new JsonArray("<stderr>"),
            ["alarms"] = Alarms(),
            ["tags"] = new JsonArray(),
            ["memory"] = NodeObject.Memory()["memory"]!.DeepClone(),
            ["vm_memory_calculation_strategy"] = "rss",
            ["vm_memory_high_watermark_limit"] = resources.MemoryLimitBytes,
            ["memory_total"] = resources.MemoryTotalBytes,
            ["disk_free"] = resources.DiskFreeBytes,
            ["disk_free_limit"] = resources.DiskFreeLimitBytes,
            ["file_descriptors"] = new JsonObject
            {
                ["total_used"] = ProcessReadings.OpenFiles(),
                ["total_limit"] = ProcessReadings.OpenFilesMax(),
                ["sockets_used"] = _context.Clients.Connections.Count,
                ["sockets_limit"] = ProcessReadings.OpenFilesMax(),
            },
            ["totals"] = new JsonObject
            {
                ["connection_count"] = _context.Clients.Connections.Count,
                ["queue_count"] = _context.Core.VirtualHosts.Sum(virtualHost => virtualHost.Queues.Count),
                ["virtual_host_count"] = _context.Core.VirtualHosts.Count,
            },
            ["listeners"] = Listeners(),
        };
    }

    private JsonArray Alarms()
    {
        var alarms = new JsonArray();
        foreach (var (alarm, resource) in ((ResourceAlarm, string)[])[(ResourceAlarm.Memory, "memory"), (ResourceAlarm.Disk, "disk")])
        {
            if (_context.Core.Alarms.Current.HasFlag(alarm))
                alarms.Add((JsonNode)new JsonObject { ["node"] = _context.Options.NodeName, ["resource"] = resource });
        }

        return alarms;
    }

    private JsonArray Listeners() => new([.. _context.Listeners.Select(listener => (JsonNode)new JsonObject
    {
        ["interface"] = listener.Host.Contains(':') ? $"[{listener.Host}]" : listener.Host,
        ["node"] = _context.Options.NodeName,
        ["port"] = listener.Port,
        ["protocol"] = listener.Protocol,
        ["purpose"] = listener.Protocol switch
        {
            "amqp" => "AMQP 0-9-1",
            "amqp/ssl" => "AMQP 0-9-1 over TLS",
            "http" => "HTTP API",
            "https" => "HTTP API over TLS",
            var other => other,
        },
    })]);
}
