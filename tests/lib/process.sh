# Ports and processes for the test scripts; sourced, not run. Processes are ended by the pid or group that was started, never by name.

running_group=

listens() {
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

# A port on which nobody listens. Low enough that rabbitmq.sh can add its offsets.
free_port() {
    local port
    for (( ; ; )); do
        port=$((RANDOM % 10000 + 20000))
        listens "$port" || break
    done
    echo "$port"
}

# wait_until SECONDS COMMAND...: polls the command; fails when the time is up.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

gone() {
    ! kill -0 "$1" 2> /dev/null
}

# end_process PID SECONDS: SIGTERM, and SIGKILL if that was not enough.
end_process() {
    kill -TERM "$1" 2> /dev/null || return 0
    wait_until "$2" gone "$1" || kill -KILL "$1" 2> /dev/null || true
}

# run_group LOG COMMAND...: runs the command with its output in LOG. The command has a process group of its own, in the background, so
# that a signal to this script is answered at once, and that whatever the command left behind ends with it.
run_group() {
    local log=$1 code=0
    shift
    set -m
    "$@" > "$log" 2>&1 < /dev/null &
    running_group=$!
    set +m
    wait "$running_group" || code=$?
    end_group KILL
    return "$code"
}

# For exit traps, too: ends what run_group is running.
end_group() {
    [[ -z $running_group ]] || kill "-$1" -- "-$running_group" 2> /dev/null || true
    running_group=
}

# limited SECONDS COMMAND...: for commands inside run_group; --foreground keeps them in its process group.
limited() {
    timeout --foreground --kill-after=10 "$@"
}
