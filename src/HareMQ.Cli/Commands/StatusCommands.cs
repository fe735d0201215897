using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>The broker at a glance.</summary>
internal static class StatusCommands
{
    private static readonly (string Name, double Bytes)[] s_units =
        [("bytes", 1), ("mb", 1e6), ("mib", 1 << 20), ("gb", 1e9), ("gib", 1 << 30)];

    private static readonly Option<string> s_unit = GlobalOptions.Text("--unit", "UNIT", "of sizes: gb (default), gib, mb, mib or bytes");

    public static IEnumerable<CtlCommand> All =>
    [
        new("status", ObjectCommands.Group, "Shows how the broker is") { Options = [s_unit], RunAsync = StatusAsync },
        new("memory_breakdown", ObjectCommands.Group, "Shows where the broker's memory is")
        {
            Options = [s_unit], RunAsync = MemoryBreakdownAsync,
        },
        new("report", ObjectCommands.Group, "Everything that helps to help: status, configuration, and lists of all objects")
        {
            RunAsync = ReportAsync,
        },
    ];

    public static async Task<JsonObject> GetAsync(Invocation call) => (await call.Client.GetAsync("haremq/status")).Object;

    public static string DescribeListener(JsonObject listener) =>
        $"Interface: {Json.String(listener, "interface")}, port: {Json.String(listener, "port")}, "
        + $"protocol: {Json.String(listener, "protocol")}, purpose: {Json.String(listener, "purpose")}";

    public static IEnumerable<JsonObject> Listeners(JsonObject status) => (status["listeners"] as JsonArray ?? []).OfType<JsonObject>();

    public static IReadOnlyList<string> DescribeAlarms(JsonObject status) =>
    [
        .. (status["alarms"] as JsonArray ?? []).OfType<JsonObject>().Select(alarm => Json.String(alarm, "resource") == "memory"
            ? $"Memory alarm on node {Json.String(alarm, "node")}"
            : $"Free disk space alarm on node {Json.String(alarm, "node")}"),
    ];

    private static async Task<CommandResult> StatusAsync(Invocation call)
    {
        var size = Sizes(call);
        await call.BannerAsync(node => $"Status of node {node} ...");
        var status = await GetAsync(call);
        return new CommandResult.Report([.. Sections(status, size)], status);
    }

    private static IEnumerable<string> Sections(JsonObject status, Func<long, string> size)
    {
        string Text(string name) => Json.String(status, name);
        var (processes, files) = (Json.Object(status, "processes"), Json.Object(status, "file_descriptors"));
        var totals = Json.Object(status, "totals");
        return
        [
            .. Section("Runtime",
            [
                $"OS PID: {Text("pid")}", $"OS: {Text("os")}", $"Uptime (seconds): {Text("uptime")}",
                $"Is under maintenance?: {Text("is_under_maintenance")}", $"Product: {Text("product_name")} {Text("product_version")}",
                $"RabbitMQ version: {Text("rabbitmq_version")}", $"Node name: {Text("node")}", $"Runtime: {Text("erlang_version")}",
                $"Threads: {Json.String(processes, "used")} used, {Json.String(processes, "limit")} limit",
                $"Scheduler run queue: {Text("run_queue")}",
            ]),
            .. Section("Plugins", ["Built in and active:", "", .. Bullets(Json.Strings(status, "active_plugins"))]),
            .. Section("Data directory", [$"Node data directory: {Text("data_directory")}"]),
            .. Section("Config files", Bullets(Json.Strings(status, "config_files"))),
            .. Section("Log file(s)", Bullets(Json.Strings(status, "log_files"))),
            .. Section("Alarms", DescribeAlarms(status)),
            .. Section("Memory", Memory(status, size)),
            .. Section("File Descriptors",
            [
                $"Total: {Json.String(files, "total_used")}, limit: {Json.String(files, "total_limit")}",
                $"Sockets: {Json.String(files, "sockets_used")}, limit: {Json.String(files, "sockets_limit")}",
            ]),
            .. Section("Free Disk Space",
            [
                $"Low free disk space watermark: {size(Json.Number(status, "disk_free_limit"))}",
                $"Free disk space: {size(Json.Number(status, "disk_free"))}",
            ]),
            .. Section("Totals",
            [
                $"Connection count: {Json.String(totals, "connection_count")}", $"Queue count: {Json.String(totals, "queue_count")}",
                $"Virtual host count: {Json.String(totals, "virtual_host_count")}",
            ]),
            .. Section("Listeners", [.. Listeners(status).Select(DescribeListener)]),
        ];
    }

    public static IEnumerable<string> Section(string title, IReadOnlyList<string> lines) =>
        [title, "", .. lines.Count == 0 ? ["(none)"] : lines, ""];

    private static string[] Bullets(IEnumerable<string> items) => [.. items.Select(item => $" * {item}")];

    private static string[] Memory(JsonObject status, Func<long, string> size)
    {
        var (limit, total) = (Json.Number(status, "vm_memory_high_watermark_limit"), Json.Number(status, "memory_total"));
        var share = CellText.Decimal(total == 0 ? 0 : (double)limit / total, 4);
        return
        [
            $"Total memory used: {size(Used(status))}",
            $"Calculation strategy: {Json.String(status, "vm_memory_calculation_strategy")}",
            $"Memory high watermark setting: {share} of available memory, computed to: {size(limit)}",
            "",
            .. Breakdown(status).Select(part => $"{part.Name}: {size(part.Bytes)} ({CellText.Decimal(part.Percentage, 2)} %)"),
        ];
    }

    private static async Task<CommandResult> MemoryBreakdownAsync(Invocation call)
    {
        var size = Sizes(call);
        await call.BannerAsync(node => $"Reporting memory breakdown on node {node}...");
        var parts = Breakdown(await GetAsync(call)).ToArray();
        var document = new JsonObject();
        foreach (var (name, bytes, percentage) in parts)
            document[name] = new JsonObject { ["bytes"] = bytes, ["percentage"] = Math.Round(percentage, 2) };
        var lines = parts.Select(part => $"{part.Name}: {size(part.Bytes)} ({CellText.Decimal(part.Percentage, 2)}%)");
        return new CommandResult.Report([.. lines], document);
    }

    /// <summary>The largest part first.</summary>
    private static IEnumerable<(string Name, long Bytes, double Percentage)> Breakdown(JsonObject status)
    {
        var used = Math.Max(1, Used(status));
        return Json.Object(status, "memory").Where(part => part.Value is JsonValue value && value.TryGetValue<long>(out _))
            .Select(part => (part.Key, part.Value!.GetValue<long>(), 100.0 * part.Value.GetValue<long>() / used))
            .OrderByDescending(part => part.Item2);
    }

    private static long Used(JsonObject status) => Json.Number(Json.Object(Json.Object(status, "memory"), "total"), "rss");

    private static Func<long, string> Sizes(Invocation call)
    {
        var name = call.Option(s_unit) ?? "gb";
        foreach (var unit in s_units)
        {
            if (unit.Name != name.ToLowerInvariant()) continue;
            return unit.Bytes == 1
                ? bytes => bytes.ToString(CultureInfo.InvariantCulture) + " bytes"
                : bytes => $"{CellText.Decimal(bytes / unit.Bytes, 4)} {unit.Name}";
        }

        throw CliException.Usage($"unit '{name}' is not supported. Please use one of: bytes, mb, mib, gb, gib");
    }

    private static async Task<CommandResult> ReportAsync(Invocation call)
    {
        var node = await call.NodeNameAsync();
        call.Banner($"Reporting server status of node {node} ...");
        var lines = new List<string>();
        var document = new JsonObject { ["node"] = node };
        string[] sections =
        [
            "haremq/status", "haremq/environment", "overview", "nodes", "vhosts", "connections", "channels", "queues", "exchanges",
            "bindings", "consumers", "policies", "parameters", "permissions", "vhost-limits",
        ];
        foreach (var section in sections)
        {
            var body = (await call.Client.GetAsync(section)).Require().Body;
            document[section] = body?.DeepClone();
            var shown = body is JsonArray items ? items.Select(Json.Text).ToArray() : [Json.Text(body)];
            lines.AddRange(Section(section, shown));
        }

        return new CommandResult.Report(lines, document);
    }
}
