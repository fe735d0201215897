namespace HareMQ.Cli;

/// <summary>Lists of exchanges, bindings and who is connected.</summary>
internal static class ObjectCommands
{
    public const string Group = "Monitoring";

    private static readonly ColumnSet s_exchanges = new(
        Column.Fields("name", "type", "durable", "auto_delete", "internal", "arguments", "policy"), "name", "type");

    private static readonly ColumnSet s_bindings = new(
        [
            Column.Field("source_name", "source"), new Column("source_kind", _ => "exchange"),
            Column.Field("destination_name", "destination"), Column.Field("destination_kind", "destination_type"),
            .. Column.Fields("routing_key", "arguments"),
        ],
        "source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments");

    private static readonly ColumnSet s_connections = new(
        [
            .. Column.Fields(
                "pid", "name", "port", "host", "peer_port", "peer_host", "ssl", "ssl_protocol", "ssl_key_exchange", "ssl_cipher",
                "ssl_hash", "peer_cert_subject", "peer_cert_issuer", "peer_cert_validity", "state", "channels", "protocol",
                "auth_mechanism", "user", "vhost", "timeout", "frame_max", "channel_max", "client_properties", "recv_oct", "recv_cnt",
                "send_oct", "send_cnt", "send_pend", "connected_at", "user_provided_name"),
            new Column("container_id", _ => null),
        ],
        "user", "peer_host", "peer_port", "state");

    private static readonly ColumnSet s_channels = new(
        [
            Column.Field("pid"), Column.Inner("connection", "connection_details", "pid"),
            .. Column.Fields(
                "name", "number", "user", "vhost", "transactional", "confirm", "consumer_count", "messages_unacknowledged",
                "messages_uncommitted", "acks_uncommitted", "messages_unconfirmed", "prefetch_count", "global_prefetch_count"),
        ],
        "pid", "user", "consumer_count", "messages_unacknowledged");

    private static readonly ColumnSet s_consumers = new(
        [
            Column.Inner("queue_name", "queue", "name"), Column.Inner("channel_pid", "channel_details", "pid"),
            .. Column.Fields("consumer_tag", "ack_required", "prefetch_count", "active", "activity_status", "arguments"),
        ],
        "queue_name", "channel_pid", "consumer_tag", "ack_required", "prefetch_count", "active", "arguments");

    public static IEnumerable<CtlCommand> All =>
    [
        List("list_exchanges", "Lists the exchanges of a virtual host", s_exchanges,
            call => $"Listing exchanges for vhost {call.VirtualHost} ...", call => ControlClient.Path("exchanges", call.VirtualHost)),
        List("list_bindings", "Lists the bindings of a virtual host", s_bindings,
            call => $"Listing bindings for vhost {call.VirtualHost}...", call => ControlClient.Path("bindings", call.VirtualHost)),
        List("list_connections", "Lists connections", s_connections, _ => "Listing connections ...", _ => "connections"),
        List("list_channels", "Lists channels", s_channels, _ => "Listing channels ...", _ => "channels"),
        List("list_consumers", "Lists the consumers of a virtual host", s_consumers,
            call => $"Listing consumers in vhost {call.VirtualHost} ...", call => ControlClient.Path("consumers", call.VirtualHost)),
    ];

    private static CtlCommand List(
        string name, string summary, ColumnSet columns, Func<Invocation, string> banner, Func<Invocation, string> path) =>
        new(name, Group, summary)
        {
            Arguments = "[<column> ...]", ArgumentsMax = int.MaxValue, Columns = columns, Completes = Completing.Columns,
            RunAsync = async call =>
            {
                call.CheckColumns();
                call.Banner(banner(call));
                return call.Table((await call.Client.GetAsync(path(call))).RequireVirtualHost(call.VirtualHost).Items);
            },
        };
}
