namespace HareMQ.Cli;

/// <summary>Commands of RabbitMQ that have no meaning here, or none yet: whoever calls one is told why, and what to do instead.</summary>
internal static class RefusedCommands
{
    private const string Group = "Not supported";
    private const string Erlang = "HareMQ is no Erlang program: there is nothing to evaluate Erlang or Elixir code.";
    private const string Encryption = "HareMQ has no encrypted configuration values; keep secrets in environment variables.";
    private const string Mirrors = "HareMQ has no mirrored classic queues.";
    private const string Log = "The log goes to the broker's standard error: see journalctl. A file of it, log.file, is rotated by the broker itself: "
        + "log.file.rotation.";

    private static readonly (string Name, string Reason)[] s_all =
    [
        ("eval", $"{Erlang} Use the HTTP API ('harectl help' lists what else can be done)."),
        ("eval_file", Erlang),
        ("exec", Erlang),
        ("remote_shell", Erlang),
        ("observer", $"{Erlang} 'harectl status' and the HTTP API show how the broker is."),
        ("erlang_cookie_hash", "HareMQ has no Erlang cookie: the mode of the control socket decides who may use it."),
        ("erlang_cookie_sources", "HareMQ has no Erlang cookie: the mode of the control socket decides who may use it."),
        ("hipe_compile", Erlang),
        ("schema_info", "HareMQ has no Mnesia tables; 'harectl export_definitions -' shows all definitions."),
        ("maybe_stuck", "HareMQ has no Erlang processes; 'harectl list_unresponsive_queues' lists queues that have failed."),
        ("runtime_thread_stats", "HareMQ has no Erlang schedulers; use the counters of .NET: dotnet-counters."),
        ("resolver_info", "HareMQ uses the operating system's resolver."),
        ("encode", Encryption),
        ("decode", Encryption),
        ("list_ciphers", Encryption),
        ("list_hashes", Encryption),
        ("rotate_logs", Log),
        ("log_tail", Log),
        ("log_tail_stream", Log),
        ("consume_event_stream", "Bind a queue to the exchange amq.rabbitmq.event, which is there with event_exchange = true."),
        ("sync_queue", Mirrors),
        ("cancel_sync_queue", Mirrors),
        ("add_member", ClusterCommands.NoCluster),
        ("delete_member", ClusterCommands.NoCluster),
        ("grow", ClusterCommands.NoCluster),
        ("shrink", ClusterCommands.NoCluster),
        ("shovel_status", "This version has no shovels."),
        ("restart_shovel", "This version has no shovels."),
        ("delete_shovel", "This version has no shovels."),
        ("federation_status", "This version has no federation."),
        ("restart_federation_link", "This version has no federation."),
        ("message_size_stats", "This version does not count messages by their size."),
        ("stream_status", "This version has no streams."),
        ("reclaim_quorum_memory", "Quorum queues keep no messages in memory: there is nothing to reclaim."),
    ];

    public static IEnumerable<CtlCommand> All => s_all.Select(one => new CtlCommand(one.Name, Group, one.Reason)
    {
        Arguments = "[...]", ArgumentsMax = int.MaxValue, RunAsync = _ => throw CliException.Unavailable(one.Reason),
    });

    public static bool IsRefused(CtlCommand command) => command.Group == Group;
}
