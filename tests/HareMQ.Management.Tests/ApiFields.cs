namespace HareMQ.Management.Tests;

/// <summary>
/// The fields that tools read, by the kind of object, and every path that answers with such objects. A letter before each name is its type:
/// string, number, boolean, object, array; z for null, several for either.
/// </summary>
internal static class ApiFields
{
    private const string Leaders = "health/checks/quorum-queues-without-elected-leaders";
    private const string Rate = "o:{0}_details n:{0}_details.rate";

    private static readonly string s_lengths = string.Join(' ',
        "n:messages n:messages_ready n:messages_unacknowledged", Rates("messages", "messages_ready", "messages_unacknowledged"));

    private static readonly string s_churn = string.Join(' ', ((string[])
    [
        "channel_closed", "channel_created", "connection_closed", "connection_created", "queue_created", "queue_declared", "queue_deleted",
    ]).Select(name => $"n:churn_rates.{name} {Rates($"churn_rates.{name}")}"));

    private static readonly Dictionary<string, string> s_fields = new()
    {
        ["overview"] = "s:management_version s:rates_mode o:sample_retention_policies a:sample_retention_policies.global "
            + "a:sample_retention_policies.basic a:sample_retention_policies.detailed s:exchange_types[].name "
            + "s:exchange_types[].description b:exchange_types[].enabled s:product_name s:product_version s:rabbitmq_version "
            + "s:cluster_name a:cluster_tags a:node_tags s:erlang_version s:erlang_full_version s:default_queue_type "
            + "s:release_series_support_status b:disable_stats b:enable_queue_totals b:is_op_policy_updating_enabled "
            + "o:message_stats n:message_stats.publish n:message_stats.confirm n:message_stats.return_unroutable "
            + "n:message_stats.drop_unroutable n:message_stats.get n:message_stats.get_no_ack n:message_stats.get_empty "
            + "n:message_stats.deliver n:message_stats.deliver_no_ack n:message_stats.deliver_get n:message_stats.redeliver "
            + "n:message_stats.ack n:message_stats.ack_details.rate o:queue_totals n:queue_totals.messages "
            + $"n:queue_totals.messages_ready n:queue_totals.messages_unacknowledged {Rates("queue_totals.messages")} "
            + "n:object_totals.channels n:object_totals.connections n:object_totals.consumers n:object_totals.exchanges "
            + "n:object_totals.queues n:statistics_db_event_queue s:node s:listeners[].node s:listeners[].protocol "
            + "s:listeners[].ip_address n:listeners[].port b:listeners[].tls o:listeners[].socket_opts s:contexts[].node "
            + $"s:contexts[].description s:contexts[].path s:contexts[].port a:contexts[].ssl_opts {s_churn}",
        ["nodes"] = "s:name s:type b:running b:being_drained s:os_pid n:uptime n:processors n:run_queue n:net_ticktime s:rates_mode "
            + "s:db_dir a:log_files a:config_files a:enabled_plugins s:applications[].name s:applications[].description "
            + "s:applications[].version s:auth_mechanisms[].name s:auth_mechanisms[].description b:auth_mechanisms[].enabled "
            + "s:exchange_types[].name a:contexts a:partitions a:cluster_links n:mem_used n:mem_limit b:mem_alarm "
            + "s:mem_calculation_strategy n:disk_free n:disk_free_limit b:disk_free_alarm n:fd_used n:fd_total n:sockets_used "
            + "n:sockets_total n:proc_used n:proc_total n:gc_num n:gc_bytes_reclaimed n:connection_created n:connection_closed "
            + "n:channel_created n:channel_closed n:queue_declared n:queue_created n:queue_deleted",
        ["memory"] = "o:memory n:memory.binary n:memory.other_system n:memory.allocated_unused no:memory.total",
        ["connections-of-user"] = "s:name s:node s:user s:vhost",
        ["connections"] = "s:name s:node s:vhost s:user s:user_who_performed_action s:user_provided_name s:type s:protocol s:state "
            + "n:channels n:channel_max n:frame_max n:timeout n:connected_at s:host n:port s:peer_host n:peer_port s:auth_mechanism "
            + "b:ssl sz:ssl_protocol sz:ssl_cipher sz:ssl_hash sz:ssl_key_exchange sz:peer_cert_subject sz:peer_cert_issuer "
            + "sz:peer_cert_validity o:client_properties n:recv_oct n:recv_cnt n:send_oct n:send_cnt n:send_pend "
            + $"{Rates("recv_oct", "send_oct")}",
        ["channels"] = "s:name n:number s:node s:vhost s:user s:user_who_performed_action s:state b:confirm b:transactional "
            + "n:consumer_count n:messages_unacknowledged n:messages_unconfirmed n:messages_uncommitted n:acks_uncommitted "
            + "n:prefetch_count n:global_prefetch_count n:pending_raft_commands n:cached_segments o:connection_details "
            + "s:connection_details.name s:connection_details.peer_host n:connection_details.peer_port o:message_stats "
            + "n:message_stats.publish n:message_stats.confirm n:message_stats.deliver n:message_stats.get n:message_stats.ack",
        ["consumers"] = "s:queue.name s:queue.vhost s:consumer_tag b:ack_required b:exclusive b:active s:activity_status "
            + "n:prefetch_count o:arguments s:channel_details.connection_name s:channel_details.name s:channel_details.node "
            + "n:channel_details.number s:channel_details.peer_host n:channel_details.peer_port s:channel_details.user",
        ["exchanges"] = "s:name s:vhost s:type b:durable b:auto_delete b:internal o:arguments s:policy o:message_stats "
            + "n:message_stats.publish_in n:message_stats.publish_out",
        ["queues"] = "s:name s:vhost s:type b:durable b:auto_delete b:exclusive o:arguments s:node s:state sz:policy "
            + $"sz:operator_policy o:effective_policy_definition sz:exclusive_consumer_tag sz:single_active_consumer_tag {s_lengths} "
            + "n:messages_ram n:messages_persistent n:messages_ready_ram n:messages_unacknowledged_ram n:message_bytes "
            + "n:message_bytes_ready n:message_bytes_unacknowledged n:message_bytes_ram n:message_bytes_persistent "
            + "n:messages_paged_out n:message_bytes_paged_out nz:head_message_timestamp n:consumers n:consumer_capacity "
            + "n:consumer_utilisation n:memory o:message_stats n:message_stats.publish n:message_stats.get "
            + "n:message_stats.get_no_ack n:message_stats.get_empty n:message_stats.deliver n:message_stats.deliver_no_ack "
            + "n:message_stats.deliver_get n:message_stats.redeliver n:message_stats.ack",
        ["bindings"] = "s:source s:vhost s:destination s:destination_type s:routing_key o:arguments s:properties_key",
        ["vhosts"] = "s:name s:description a:tags s:default_queue_type s:metadata.description a:metadata.tags "
            + $"s:metadata.default_queue_type b:tracing o:cluster_state b:protected_from_deletion {s_lengths} o:message_stats "
            + $"n:recv_oct n:send_oct {Rates("recv_oct", "send_oct")}",
        ["users"] = "s:name s:password_hash s:hashing_algorithm a:tags o:limits",
        ["permissions"] = "s:user s:vhost s:configure s:write s:read",
        ["topic-permissions"] = "s:user s:vhost s:exchange s:write s:read",
        ["vhost-limits"] = "s:vhost o:value",
        ["user-limits"] = "s:user o:value",
        ["policies"] = "s:vhost s:name s:pattern s:apply-to o:definition n:priority",
        ["operator-policies"] = "s:vhost s:name s:pattern s:apply-to o:definition n:priority",
        ["parameters"] = "s:component s:vhost s:name o:value",
        ["global-parameters"] = "s:name snboa:value",
        ["definitions"] = "s:rabbit_version s:rabbitmq_version s:product_name s:product_version s:rabbitmq_definition_format "
            + "s:original_cluster_name s:explanation s:users[].name s:users[].password_hash s:users[].hashing_algorithm "
            + "a:users[].tags o:users[].limits s:vhosts[].name s:vhosts[].description o:vhosts[].metadata a:vhosts[].tags "
            + "o:vhosts[].limits s:vhosts[].default_queue_type s:permissions[].user s:permissions[].vhost s:permissions[].configure "
            + "s:permissions[].write s:permissions[].read s:topic_permissions[].exchange a:parameters s:parameters[].component "
            + "s:parameters[].vhost s:parameters[].name o:parameters[].value a:global_parameters s:policies[].vhost "
            + "s:policies[].name s:policies[].pattern s:policies[].apply-to o:policies[].definition n:policies[].priority "
            + "s:queues[].name s:queues[].vhost b:queues[].durable b:queues[].auto_delete o:queues[].arguments s:queues[].type "
            + "s:exchanges[].name s:exchanges[].vhost s:exchanges[].type b:exchanges[].durable b:exchanges[].auto_delete "
            + "b:exchanges[].internal o:exchanges[].arguments s:bindings[].source s:bindings[].vhost s:bindings[].destination "
            + "s:bindings[].destination_type s:bindings[].routing_key o:bindings[].arguments",
        ["definitions-of-vhost"] = "s:rabbit_version s:queues[].name b:queues[].durable b:queues[].auto_delete o:queues[].arguments "
            + "s:exchanges[].name s:exchanges[].type s:bindings[].source s:bindings[].destination s:policies[].name "
            + "s:parameters[].component",
        ["whoami"] = "s:name a:tags b:is_internal_user",
        ["auth"] = "b:oauth_enabled",
        ["login-attempts"] = "s:protocol n:auth_attempts n:auth_attempts_failed n:auth_attempts_succeeded",
        ["login-attempts-of-source"] = "s:remote_address s:username s:protocol n:auth_attempts n:auth_attempts_failed "
            + "n:auth_attempts_succeeded",
        ["hash_password"] = "s:ok",
        ["cluster-name"] = "s:name",
        ["extensions"] = "s:javascript",
        ["feature-flags"] = "s:name s:state s:desc s:doc_url s:stability s:provided_by",
        ["status"] = "s:status",
    };

    /// <summary>What only some paths answer with: those of a single object, and lists with a queue of every type.</summary>
    private static readonly Dictionary<string, string> s_more = new()
    {
        ["queues/{vhost}/{queue}"] = "a:consumer_details s:consumer_details[].consumer_tag a:deliveries a:incoming",
        ["queues/{vhost}"] = "s:leader a:members a:online ns:delivery_limit n:messages_dlx s:owner_pid_details.name "
            + "s:owner_pid_details.peer_host n:owner_pid_details.peer_port",
        ["exchanges/{vhost}/{exchange}"] = "a:incoming a:outgoing",
        ["channels/{name}"] = "a:consumer_details s:consumer_details[].consumer_tag a:publishes a:deliveries",
        ["health/checks/port-listener/{port}"] = "n:port",
        ["health/checks/protocol-listener/{protocols}"] = "s:protocol",
        ["health/checks/below-node-connection-limit"] = "ns:limit n:connections",
        ["health/checks/node-is-quorum-critical"] = "s:reason",
    };

    /// <summary>
    /// Every path that is read with GET, as <c>/api/openapi.json</c> has it, what to put in place of its parameters, and the kind of object
    /// that it answers with; null: no object.
    /// </summary>
    public static readonly (string Template, string Path, string? Kind)[] Paths =
    [
        ("overview", "overview", "overview"),
        ("whoami", "whoami", "whoami"),
        ("auth", "auth", "auth"),
        ("auth/hash_password/{password}", "auth/hash_password/secret", "hash_password"),
        ("auth/attempts/{node}", "auth/attempts/NODE", "login-attempts"),
        ("auth/attempts/{node}/source", "auth/attempts/NODE/source", "login-attempts-of-source"),
        ("version", "version", null),
        ("cluster-name", "cluster-name", "cluster-name"),
        ("nodes", "nodes", "nodes"),
        ("nodes/{node}", "nodes/NODE", "nodes"),
        ("nodes/{node}/memory", "nodes/NODE/memory", "memory"),
        ("nodes/{node}/memory/relative", "nodes/NODE/memory/relative", "memory"),
        ("extensions", "extensions", "extensions"),
        ("feature-flags", "feature-flags", "feature-flags"),
        ("deprecated-features", "deprecated-features", null),
        ("deprecated-features/used", "deprecated-features/used", null),
        ("aliveness-test/{vhost}", "aliveness-test/shown", "status"),
        ("healthchecks/node", "healthchecks/node", "status"),
        ("healthchecks/node/{node}", "healthchecks/node/NODE", "status"),
        ("health/checks/alarms", "health/checks/alarms", "status"),
        ("health/checks/local-alarms", "health/checks/local-alarms", "status"),
        ("health/checks/certificate-expiration/{within}/{unit}", "health/checks/certificate-expiration/1/months", "status"),
        ("health/checks/port-listener/{port}", "health/checks/port-listener/PORT", "status"),
        ("health/checks/protocol-listener/{protocols}", "health/checks/protocol-listener/amqp", "status"),
        ("health/checks/virtual-hosts", "health/checks/virtual-hosts", "status"),
        ("health/checks/node-is-quorum-critical", "health/checks/node-is-quorum-critical", "status"),
        ("health/checks/node-is-mirror-sync-critical", "health/checks/node-is-mirror-sync-critical", "status"),
        ("health/checks/below-node-connection-limit", "health/checks/below-node-connection-limit", "status"),
        ("health/checks/reached-target-cluster-size", "health/checks/reached-target-cluster-size", "status"),
        ($"{Leaders}/all-vhosts", $"{Leaders}/all-vhosts", "status"),
        ($"{Leaders}/all-vhosts/pattern/{{pattern}}", $"{Leaders}/all-vhosts/pattern/^q", "status"),
        ($"{Leaders}/vhost/{{vhost}}", $"{Leaders}/vhost/shown", "status"),
        ($"{Leaders}/vhost/{{vhost}}/pattern/{{pattern}}", $"{Leaders}/vhost/shown/pattern/^q", "status"),
        ("health/checks/is-in-service", "health/checks/is-in-service", "status"),
        ("health/checks/ready-to-serve-clients", "health/checks/ready-to-serve-clients", "status"),
        ("health/checks/metadata-store/initialized", "health/checks/metadata-store/initialized", "status"),
        ("health/checks/metadata-store/initialized/with-data", "health/checks/metadata-store/initialized/with-data", "status"),
        ("vhosts", "vhosts", "vhosts"),
        ("vhosts/{vhost}", "vhosts/shown", "vhosts"),
        ("vhosts/{vhost}/permissions", "vhosts/shown/permissions", "permissions"),
        ("vhosts/{vhost}/topic-permissions", "vhosts/shown/topic-permissions", "topic-permissions"),
        ("vhosts/{vhost}/connections", "vhosts/shown/connections", "connections"),
        ("vhosts/{vhost}/channels", "vhosts/shown/channels", "channels"),
        ("users", "users", "users"),
        ("users/without-permissions", "users/without-permissions", "users"),
        ("users/{user}", "users/shown", "users"),
        ("users/{user}/permissions", "users/shown/permissions", "permissions"),
        ("users/{user}/topic-permissions", "users/shown/topic-permissions", "topic-permissions"),
        ("users/{user}/connections", "users/guest/connections", "connections"),
        ("users/{user}/queues", "users/guest/queues", "queues"),
        ("permissions", "permissions", "permissions"),
        ("permissions/{vhost}/{user}", "permissions/shown/shown", "permissions"),
        ("topic-permissions", "topic-permissions", "topic-permissions"),
        ("topic-permissions/{vhost}/{user}", "topic-permissions/shown/shown", "topic-permissions"),
        ("exchanges", "exchanges", "exchanges"),
        ("exchanges/{vhost}", "exchanges/shown", "exchanges"),
        ("exchanges/{vhost}/{exchange}", "exchanges/shown/x", "exchanges"),
        ("exchanges/{vhost}/{exchange}/bindings/source", "exchanges/shown/x/bindings/source", "bindings"),
        ("exchanges/{vhost}/{exchange}/bindings/destination", "exchanges/shown/amq.fanout/bindings/destination", "bindings"),
        ("queues", "queues", "queues"),
        ("queues/detailed", "queues/detailed", "queues"),
        ("queues/{vhost}", "queues/shown", "queues"),
        ("queues/{vhost}/{queue}", "queues/shown/q", "queues"),
        ("queues/{vhost}/{queue}/bindings", "queues/shown/q/bindings", "bindings"),
        ("bindings", "bindings", "bindings"),
        ("bindings/{vhost}", "bindings/shown", "bindings"),
        ("bindings/{vhost}/e/{source}/q/{destination}", "bindings/shown/e/x/q/q", "bindings"),
        ("bindings/{vhost}/e/{source}/q/{destination}/{props}", "bindings/shown/e/x/q/q/a", "bindings"),
        ("bindings/{vhost}/e/{source}/e/{destination}", "bindings/shown/e/x/e/amq.fanout", "bindings"),
        ("bindings/{vhost}/e/{source}/e/{destination}/{props}", "bindings/shown/e/x/e/amq.fanout/b", "bindings"),
        ("connections", "connections", "connections"),
        ("connections/username/{user}", "connections/username/guest", "connections-of-user"),
        ("connections/{name}", "connections/CONNECTION", "connections"),
        ("connections/{name}/channels", "connections/CONNECTION/channels", "channels"),
        ("channels", "channels", "channels"),
        ("channels/{name}", "channels/CHANNEL", "channels"),
        ("consumers", "consumers", "consumers"),
        ("consumers/{vhost}", "consumers/shown", "consumers"),
        ("policies", "policies", "policies"),
        ("policies/{vhost}", "policies/shown", "policies"),
        ("policies/{vhost}/{name}", "policies/shown/p", "policies"),
        ("operator-policies", "operator-policies", "operator-policies"),
        ("operator-policies/{vhost}", "operator-policies/shown", "operator-policies"),
        ("operator-policies/{vhost}/{name}", "operator-policies/shown/o", "operator-policies"),
        ("parameters", "parameters", "parameters"),
        ("parameters/{component}", "parameters/vhost-limits", "parameters"),
        ("parameters/{component}/{vhost}", "parameters/vhost-limits/shown", "parameters"),
        ("parameters/{component}/{vhost}/{name}", "parameters/vhost-limits/shown/limits", "parameters"),
        ("global-parameters", "global-parameters", "global-parameters"),
        ("global-parameters/{name}", "global-parameters/shown", "global-parameters"),
        ("vhost-limits", "vhost-limits", "vhost-limits"),
        ("vhost-limits/{vhost}", "vhost-limits/shown", "vhost-limits"),
        ("user-limits", "user-limits", "user-limits"),
        ("user-limits/{user}", "user-limits/shown", "user-limits"),
        ("definitions", "definitions", "definitions"),
        ("definitions/{vhost}", "definitions/shown", "definitions-of-vhost"),
        ("all-configuration", "all-configuration", "definitions"),
    ];

    /// <summary>The types and names of the fields that a path answers with.</summary>
    public static IEnumerable<(string Types, string Name)> Of(string template, string kind) =>
        $"{s_fields[kind]} {s_more.GetValueOrDefault(template)}".TrimEnd().Split(' ')
            .Select(field => field.Split(':', 2)).Select(parts => (parts[0], parts[1]));

    private static string Rates(params string[] names) =>
        string.Join(' ', names.Select(name => string.Format(System.Globalization.CultureInfo.InvariantCulture, Rate, name)));
}
