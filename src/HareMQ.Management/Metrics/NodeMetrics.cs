using HareMQ.Broker.Alarms;
using HareMQ.Broker.Statistics;

namespace HareMQ.Management.Metrics;

/// <summary>
/// What the process has. Where RabbitMQ tells of Erlang, the runtime of this broker answers: threads for processes, the thread pool's queue
/// for the schedulers'.
/// </summary>
internal static class NodeMetrics
{
    public static readonly MetricGroup<ChurnCounts> Churn = new("connection_churn_metrics",
    [
        Counter("connections_opened_total", "Total number of connections opened", churn => churn.ConnectionsCreated),
        Counter("connections_closed_total", "Total number of connections closed or terminated", churn => churn.ConnectionsClosed),
        Counter("channels_opened_total", "Total number of channels opened", churn => churn.ChannelsCreated),
        Counter("channels_closed_total", "Total number of channels closed", churn => churn.ChannelsClosed),
        Counter("queues_declared_total", "Total number of queues declared", churn => churn.QueuesDeclared),
        Counter("queues_created_total", "Total number of queues created", churn => churn.QueuesCreated),
        Counter("queues_deleted_total", "Total number of queues deleted", churn => churn.QueuesDeleted),
    ]);

    public static readonly MetricGroup<Scrape> Coarse = new("node_coarse_metrics",
    [
        Gauge("process_open_fds", "Open file descriptors", _ => ProcessReadings.OpenFiles()),
        Gauge("process_open_tcp_sockets", "Open TCP sockets", scrape => scrape.Connections.Count),
        Gauge("process_resident_memory_bytes", "Memory used in bytes", _ => Environment.WorkingSet),
        Gauge("disk_space_available_bytes", "Disk space available in bytes", scrape => scrape.Core.Resources.DiskFreeBytes),
        Gauge("erlang_processes_used", "Erlang processes used", _ => ThreadPool.ThreadCount),
        MetricFamily<Scrape>.Counter("erlang_gc_runs_total", "Total number of Erlang garbage collector runs",
            _ => GC.CollectionCount(0)),
        MetricFamily<Scrape>.Counter("erlang_gc_reclaimed_bytes_total",
            "Total number of bytes of memory reclaimed by Erlang garbage collector", _ => ProcessReadings.ReclaimedBytes()),
    ]);

    public static readonly MetricGroup<Scrape> Limits = new("node_metrics",
    [
        Gauge("process_max_fds", "Open file descriptors limit", _ => ProcessReadings.OpenFilesMax()),
        Gauge("process_max_tcp_sockets", "Open TCP sockets limit", _ => ProcessReadings.OpenFilesMax()),
        Gauge("resident_memory_limit_bytes", "Memory high watermark in bytes", scrape => scrape.Core.Resources.MemoryLimitBytes),
        Gauge("disk_space_available_limit_bytes", "Free disk space low watermark in bytes",
            scrape => scrape.Core.Resources.DiskFreeLimitBytes),
        Gauge("erlang_processes_limit", "Erlang processes limit", _ => ProcessReadings.ThreadsMax()),
        Gauge("erlang_scheduler_run_queue", "Erlang scheduler run queue", _ => ThreadPool.PendingWorkItemCount),
        Gauge("erlang_net_ticktime_seconds", "Inter-node heartbeat interval", _ => ProcessReadings.NetTickSeconds),
        Gauge("erlang_uptime_seconds", "Node uptime", _ => ProcessReadings.Uptime().TotalSeconds),
    ]);

    public static readonly MetricFamily<Scrape>[] Totals =
    [
        Gauge("connections", "Connections currently open", scrape => scrape.Connections.Count),
        Gauge("channels", "Channels currently open", scrape => scrape.Channels.Count),
        Gauge("consumers", "Consumers currently connected", scrape => scrape.ConsumerCount),
        Gauge("queues", "Queues available", scrape => scrape.Queues.Count),
    ];

    public static readonly MetricFamily<Scrape>[] Alarms =
    [
        Alarm("alarms_file_descriptor_limit", "is 1 if file descriptor limit alarm is in effect", ResourceAlarm.None),
        Alarm("alarms_free_disk_space_watermark", "is 1 if free disk space watermark alarm is in effect", ResourceAlarm.Disk),
        Alarm("alarms_memory_used_watermark", "is 1 if VM memory watermark alarm is in effect", ResourceAlarm.Memory),
    ];

    /// <param name="name">The family's name.</param>
    /// <param name="help">The family's help.</param>
    /// <param name="alarm">None: this broker has no such alarm.</param>
    private static MetricFamily<Scrape> Alarm(string name, string help, ResourceAlarm alarm) =>
        MetricFamily<Scrape>.Untyped(name, help, scrape => (scrape.Core.Alarms.Current & alarm) != ResourceAlarm.None ? 1 : 0);

    private static MetricFamily<Scrape> Gauge(string name, string help, Func<Scrape, double> read) =>
        MetricFamily<Scrape>.Gauge(name, help, read);

    private static MetricFamily<ChurnCounts> Counter(string name, string help, Func<ChurnCounts, double> read) =>
        MetricFamily<ChurnCounts>.Counter(name, help, read);
}
