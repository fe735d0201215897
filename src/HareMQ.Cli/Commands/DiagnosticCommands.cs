using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>Facts about the broker and its machine.</summary>
internal static class DiagnosticCommands
{
    private const string Group = "Diagnostics";

    public static IEnumerable<CtlCommand> All =>
    [
        new("listeners", Group, "Lists where the broker listens") { RunAsync = ListenersAsync },
        new("server_version", Group, "Shows the broker's version")
        {
            RunAsync = call => FieldAsync(call, "RabbitMQ version", status => Json.String(status, "product_version")),
        },
        new("erlang_version", Group, "Shows the version of the broker's runtime, which is .NET")
        {
            RunAsync = call => FieldAsync(call, "runtime version", status => Json.String(status, "erlang_version")),
        },
        new("log_location", Group, "Shows where the broker logs")
        {
            Options = [GlobalOptions.Flag("--all", "all places; there is one", "-a")], RunAsync = LogLocationAsync,
        },
        new("os_env", Group, "Lists the environment variables that the broker's configuration comes from")
        {
            RunAsync = call => SettingsFromAsync(call, "environment variable ", "RabbitMQ-specific environment variables of",
                (source, setting) => $"{source}={Json.String(setting, "value")}"),
        },
        new("command_line_arguments", Group, "Shows the arguments that the broker was started with")
        {
            RunAsync = call => SettingsFromAsync(call, "--", "Command line arguments of",
                (_, setting) => $"{Json.String(setting, "key")}={Json.String(setting, "value")}"),
        },
        new("tls_versions", Group, "Lists the versions of TLS that the broker can speak") { RunAsync = TlsVersionsAsync },
        new("cipher_suites", Group, "Lists the cipher suites that the configuration names") { RunAsync = CipherSuitesAsync },
        new("certificates", Group, "Shows the certificates of listeners with TLS") { RunAsync = CertificatesAsync },
        new("resolve_hostname", Group, "Resolves a name on this machine")
        {
            Arguments = "<hostname>", ArgumentsMin = 1, ArgumentsMax = 1,
            Options = [GlobalOptions.Text("--address-family", "FAMILY", "ipv4 (default) or ipv6")], RunAsync = ResolveAsync,
        },
        new("list_network_interfaces", Group, "Lists the network interfaces of this machine") { RunAsync = InterfacesAsync },
        new("discover_peers", Group, "Looks for other nodes of the cluster") { RunAsync = DiscoverAsync },
        new("metadata_store_status", Group, "Shows who keeps the definitions: this node") { RunAsync = MetadataStoreAsync },
    ];

    private static async Task<CommandResult> ListenersAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Asking node {node} to report its protocol listeners ...");
        var status = await StatusCommands.GetAsync(call);
        var document = new JsonObject
        {
            ["listeners"] = status["listeners"]?.DeepClone(), ["node"] = Json.String(status, "node"), ["result"] = "ok",
        };
        return new CommandResult.Report([.. StatusCommands.Listeners(status).Select(StatusCommands.DescribeListener)], document);
    }

    private static async Task<CommandResult> FieldAsync(Invocation call, string what, Func<JsonObject, string> find)
    {
        await call.BannerAsync(node => $"Asking node {node} for its {what}...");
        return new CommandResult.Value(find(await StatusCommands.GetAsync(call)));
    }

    private static async Task<CommandResult> LogLocationAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Log file location(s) on node {node} ...");
        var status = await StatusCommands.GetAsync(call);
        var files = Json.Strings(status, "log_files").ToArray();
        return new CommandResult.Report(files, new JsonObject { ["log_files"] = Json.Array(files) });
    }

    private static async Task<CommandResult> SettingsFromAsync(
        Invocation call, string sourcePrefix, string what, Func<string, JsonObject, string> show)
    {
        await call.BannerAsync(node => $"{what} node {node} ...");
        var lines = (await call.Client.GetAsync("haremq/environment")).Items
            .Where(setting => Json.String(setting, "source").StartsWith(sourcePrefix, StringComparison.Ordinal))
            .Select(setting => show(Json.String(setting, "source")[sourcePrefix.Length..], setting)).ToArray();
        return new CommandResult.Report(lines, Json.Array(lines));
    }

    private static Task<CommandResult> TlsVersionsAsync(Invocation call)
    {
        call.Banner("Listing all TLS versions supported by the runtime...");
        string[] versions = ["tlsv1.3", "tlsv1.2"];
        return Task.FromResult<CommandResult>(new CommandResult.Report(versions, new JsonObject { ["versions"] = Json.Array(versions) }));
    }

    private static async Task<CommandResult> CipherSuitesAsync(Invocation call)
    {
        call.Banner("Listing available cipher suites");
        string[] suites =
        [
            .. (await call.Client.GetAsync("haremq/environment")).Items
                .Where(setting => Json.String(setting, "key").StartsWith("ssl_options.ciphers.", StringComparison.Ordinal))
                .Select(setting => Json.String(setting, "value")),
        ];
        return suites.Length > 0
            ? new CommandResult.Report(suites, new JsonObject { ["cipher_suites"] = Json.Array(suites) })
            : throw CliException.Unavailable(
                "The configuration names none (ssl_options.ciphers), so the operating system's TLS library decides; "
                + "'openssl ciphers -v' lists OpenSSL's");
    }

    private static async Task<CommandResult> CertificatesAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Certificates of node {node} ...");
        var certificates = (await call.Client.GetAsync("haremq/certificates")).Items.ToArray();
        Column[] columns = Column.Fields("interface", "port", "protocol", "subject", "issuer", "serial", "not_before", "not_after");
        return new ColumnSet(columns, [.. columns.Select(column => column.Name)]).Table([], certificates);
    }

    private static async Task<CommandResult> ResolveAsync(Invocation call)
    {
        var option = (System.CommandLine.Option<string>)call.Command.Options[0];
        var family = call.Option(option) switch
        {
            null or "ipv4" => AddressFamily.InterNetwork,
            "ipv6" => AddressFamily.InterNetworkV6,
            var other => throw CliException.Usage($"unsupported IP address family '{other}'. Valid values are: ipv4, ipv6"),
        };
        call.Banner($"Resolving hostname {call.Arguments[0]} to {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} addresses...");
        try
        {
            var found = await Dns.GetHostAddressesAsync(call.Arguments[0], family, call.Interrupt);
            var addresses = found.Select(one => one.ToString()).ToArray();
            return new CommandResult.Report(addresses, new JsonObject { ["addresses"] = Json.Array(addresses) });
        }
        catch (SocketException error)
        {
            throw CliException.Unavailable($"Failed to resolve {call.Arguments[0]}: {error.Message}");
        }
    }

    private static Task<CommandResult> InterfacesAsync(Invocation call)
    {
        call.Banner("Listing the network interfaces of this machine ...");
        var lines = new List<string>();
        var document = new JsonObject();
        foreach (var one in NetworkInterface.GetAllNetworkInterfaces().OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            var addresses = one.GetIPProperties().UnicastAddresses.Select(address => address.Address.ToString()).ToArray();
            lines.AddRange(StatusCommands.Section(
                $"Interface {one.Name}", [$"state: {one.OperationalStatus}", .. addresses.Select(address => $"addr: {address}")]));
            document[one.Name] = new JsonObject { ["state"] = one.OperationalStatus.ToString(), ["addresses"] = Json.Array(addresses) };
        }

        return Task.FromResult<CommandResult>(new CommandResult.Report(lines, document));
    }

    private static Task<CommandResult> DiscoverAsync(Invocation call)
    {
        call.Banner("Discovering peers nodes ...");
        var document = new JsonObject { ["nodes"] = new JsonArray() };
        return Task.FromResult<CommandResult>(new CommandResult.Report(["No peers discovered"], document));
    }

    private static async Task<CommandResult> MetadataStoreAsync(Invocation call)
    {
        await call.BannerAsync(node => $"Status of metadata store on node {node} ...");
        Column[] columns = [new("Node Name", json => Json.String(json, "node")), new("State", _ => "leader")];
        return new ColumnSet(columns, "Node Name", "State").Table([], [await StatusCommands.GetAsync(call)]);
    }
}
