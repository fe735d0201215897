#!/usr/bin/env bash
# A private rabbitmq-server node on loopback, to compare HareMQ with.
#
#   tests/lib/rabbitmq.sh start DIR PORT [PLUGIN...]   prints the node's AMQP URL once it listens
#   tests/lib/rabbitmq.sh ctl DIR ARGUMENTS...    runs rabbitmqctl on that node
#   tests/lib/rabbitmq.sh stop DIR
#
# The plugin rabbitmq_management listens on PORT + 10000, rabbitmq_prometheus on PORT + 10001.
# Everything the node owns (home, cookie, data, logs, pid files) is in DIR; epmd is private too, on PORT + 20001.
# Nothing is found or killed by name, so other nodes on the machine are left alone.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/process.sh"

# Debian's wrapper in /usr/sbin switches to the rabbitmq user and to the system's node; the script below it does not.
readonly server=/usr/lib/rabbitmq/bin/rabbitmq-server
readonly ctl=/usr/lib/rabbitmq/bin/rabbitmqctl
readonly startup_seconds=90
readonly shutdown_seconds=30

usage() {
    sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

start() {
    local dir=$1 port=$2 plugins
    shift 2
    plugins=$(IFS=,; echo "$*")
    [[ -x $server ]] || { echo "rabbitmq-server is not installed" >&2; exit 3; }
    mkdir -p "$dir/data" "$dir/log"
    printf '[%s].\n' "$plugins" > "$dir/enabled_plugins"
    echo "$port" > "$dir/port"
    rm -f "$dir"/log/*.log

    export HOME=$dir
    export ERL_EPMD_PORT=$((port + 20001)) ERL_EPMD_ADDRESS=127.0.0.1
    export RABBITMQ_NODENAME="haremq-$port@localhost"
    export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$port RABBITMQ_DIST_PORT=$((port + 20000))
    export RABBITMQ_MNESIA_BASE=$dir/data RABBITMQ_LOG_BASE=$dir/log RABBITMQ_PID_FILE=$dir/node.pid
    export RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins RABBITMQ_CONFIG_FILE=$dir/rabbitmq.conf
    export RABBITMQ_CONF_ENV_FILE=/dev/null
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
    echo "$port" > "$dir/port"
    # A test machine is often short of memory and disk; an alarm would block publishers.
    cat > "$dir/rabbitmq.conf" <<CONF
vm_memory_high_watermark.relative = 0.9
disk_free_limit.absolute = 10MB
CONF
    [[ " ${plugins//,/ } " != *" rabbitmq_management "* ]] || cat >> "$dir/rabbitmq.conf" <<CONF
management.tcp.ip = 127.0.0.1
management.tcp.port = $((port + 10000))
CONF
    [[ " ${plugins//,/ } " != *" rabbitmq_prometheus "* ]] || cat >> "$dir/rabbitmq.conf" <<CONF
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = $((port + 10001))
CONF

    # In the foreground and ours: left alone, Erlang would fork an epmd that outlives the node.
    epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 > "$dir/epmd.log" 2>&1 < /dev/null &
    echo $! > "$dir/epmd.pid"
    # RUNNING_UNDER_SYSTEMD=true makes the script exec the Erlang VM, so the pid below is the node's own and obeys SIGTERM.
    RUNNING_UNDER_SYSTEMD=true setsid "$server" > "$dir/stdout.log" 2>&1 < /dev/null &
    local pid=$!
    echo "$pid" > "$dir/server.pid"

    wait_until "$startup_seconds" settled "$pid" "$dir" || true
    if gone "$pid" || ! started "$dir"; then
        echo "rabbitmq-server did not start; the end of $dir/stdout.log:" >&2
        tail -n 20 "$dir/stdout.log" >&2
        stop "$dir"
        exit 1
    fi
    echo "amqp://guest:guest@127.0.0.1:$port/"
}

# The port opens before the node has finished booting; the log says when it has.
started() {
    grep -qs 'Server startup complete' "$1"/log/*.log
}

settled() {
    gone "$1" || started "$2"
}

run_ctl() {
    local dir=$1 port
    shift
    port=$(<"$dir/port")
    HOME=$dir ERL_EPMD_PORT=$((port + 20001)) RABBITMQ_CONF_ENV_FILE=/dev/null exec "$ctl" --quiet --node "haremq-$port@localhost" "$@"
}

stop() {
    local file
    for file in "$1/server.pid" "$1/epmd.pid"; do
        [[ -f $file ]] || continue
        end_process "$(<"$file")" "$shutdown_seconds"
        rm -f "$file"
    done
}

case "${1:-} $#" in
    "ctl "[3-9] | "ctl "1[0-9]) run_ctl "$(cd "$2" && pwd)" "${@:3}" ;;
    "stop 2") stop "$2" ;;
    start\ [3-9]) start "$(mkdir -p "$2" && cd "$2" && pwd)" "${@:3}" ;;
    *) usage ;;
esac
