#!/usr/bin/env bash
# amqp-tools (the command line programs of librabbitmq) against the broker at AMQP_URL.
set -uo pipefail

# amqp-tools takes the path "/" for the virtual host "", and no path for the default one.
url=${AMQP_URL:-amqp://guest:guest@127.0.0.1:5672/}
url=${url%/}
readonly url
readonly command_seconds=20
readonly large_bytes=$((3 * 1024 * 1024))

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
names=0

unique() {
    names=$((names + 1))
    queue="shell.$1.$$.$names"
}

fail() {
    echo "$1" > "$scratch/reason"
    return 1
}

equal() {
    [[ $1 == "$2" ]] || fail "got '$1', expected '$2'"
}

amqp_at() {
    local broker=$1 tool=amqp-$2
    shift 2
    timeout "$command_seconds" "$tool" -u "$broker" "$@" 2> "$scratch/stderr"
}

amqp() {
    amqp_at "$url" "$@"
}

# amqp_refused TEXT TOOL ARGUMENTS...: the tool fails, and says why in the broker's words.
amqp_refused() {
    local text=$1
    shift
    if amqp "$@" > /dev/null; then
        fail "amqp-$1 was not refused"
        return
    fi
    grep -q -- "$text" "$scratch/stderr" || fail "expected '$text' in: $(<"$scratch/stderr")"
}

# Publishing has no confirm here, so the queue may be a moment behind.
eventually_get() {
    local deadline=$((SECONDS + command_seconds))
    until amqp get -q "$1"; do
        ((SECONDS < deadline)) || return 1
    done
}

check() {
    : > "$scratch/reason"
    if "$1"; then
        passed=$((passed + 1))
        echo "ok $1"
    else
        failed=$((failed + 1))
        echo "not ok $1: $(cat "$scratch/reason" "$scratch/stderr" 2> /dev/null | tr '\n' ' ')"
    fi
}

declare_durable_queue_twice() {
    unique durable
    equal "$(amqp declare-queue -d -q "$queue")" "$queue" \
        && equal "$(amqp declare-queue -d -q "$queue")" "$queue" \
        && equal "$(amqp delete-queue -q "$queue")" 0
}

server_names_a_queue() {
    local name
    name=$(amqp declare-queue -d -q '') && [[ $name == amq.gen-* ]] && amqp delete-queue -q "$name" > /dev/null
}

redeclare_with_other_durability_is_refused_406() {
    unique args
    amqp declare-queue -d -q "$queue" > /dev/null \
        && amqp_refused PRECONDITION_FAILED declare-queue -q "$queue" \
        && amqp delete-queue -q "$queue" > /dev/null
}

get_from_a_missing_queue_is_refused_404() {
    unique missing
    amqp_refused NOT_FOUND get -q "$queue"
}

get_of_an_empty_queue_exits_with_2() {
    unique empty
    amqp declare-queue -d -q "$queue" > /dev/null
    amqp get -q "$queue"
    equal $? 2 && amqp delete-queue -q "$queue" > /dev/null
}

message_with_properties_and_headers_is_gotten() {
    unique message
    amqp declare-queue -d -q "$queue" > /dev/null \
        && amqp publish -r "$queue" -p -C text/plain -E utf-8 -t reply -H 'kind: greeting' -b 'hällo' \
        && equal "$(eventually_get "$queue")" 'hällo' \
        && amqp delete-queue -q "$queue" > /dev/null
}

empty_body_is_gotten() {
    unique nothing
    amqp declare-queue -d -q "$queue" > /dev/null \
        && amqp publish -r "$queue" -b '' \
        && equal "$(eventually_get "$queue" | wc -c)" 0 \
        && amqp delete-queue -q "$queue" > /dev/null
}

body_of_3_MB_round_trips() {
    unique large
    head -c "$large_bytes" /dev/urandom > "$scratch/sent"
    amqp declare-queue -d -q "$queue" > /dev/null \
        && amqp publish -r "$queue" < "$scratch/sent" \
        && eventually_get "$queue" > "$scratch/received" \
        && { cmp -s "$scratch/sent" "$scratch/received" || fail 'the body differs from the one sent'; } \
        && amqp delete-queue -q "$queue" > /dev/null
}

delete_tells_how_many_messages_went_and_if_empty_is_refused_406() {
    unique counts
    amqp declare-queue -d -q "$queue" > /dev/null \
        && printf '1\n2\n3\n' | amqp publish -l -r "$queue" \
        && amqp consume -q "$queue" -c 1 cat > /dev/null \
        && amqp_refused PRECONDITION_FAILED delete-queue -e -q "$queue" \
        && equal "$(amqp delete-queue -q "$queue")" 2
}

consumed_messages_are_acknowledged_in_order() {
    unique lines
    seq 300 > "$scratch/sent"
    amqp declare-queue -d -q "$queue" > /dev/null \
        && amqp publish -l -r "$queue" < "$scratch/sent" \
        && amqp consume -q "$queue" -p 10 -c 300 cat > "$scratch/received" \
        && { cmp -s "$scratch/sent" "$scratch/received" || fail 'the lines differ from those sent'; } \
        && equal "$(amqp delete-queue -q "$queue")" 0
}

message_of_a_failed_consumer_comes_back() {
    unique retry
    amqp declare-queue -d -q "$queue" > /dev/null \
        && amqp publish -r "$queue" -b 'try again' \
        && amqp consume -q "$queue" -c 1 -- sh -c 'cat > /dev/null; false' \
        && equal "$(amqp consume -q "$queue" -c 1 cat)" 'try again' \
        && equal "$(amqp delete-queue -q "$queue")" 0
}

exclusive_consumer_is_bound_to_a_topic() {
    local consumer deadline=$((SECONDS + command_seconds))
    unique topic
    rm -f "$scratch/received"
    amqp consume -x -q "$queue" -e amq.topic -r "$queue.*" -c 1 cat > "$scratch/received" &
    consumer=$!
    # The consumer's queue is exclusive: another connection learns by the refusal that it is there (its binding comes a moment later).
    until [[ -s $scratch/received ]]; do
        amqp publish -e amq.topic -r "$queue.nyse.far" -b 'too long' && amqp publish -e amq.topic -r "$queue.nyse" -b quote
        ((SECONDS < deadline)) || break
    done
    wait "$consumer" && equal "$(<"$scratch/received")" quote
}

wrong_password_is_refused_403() {
    local user=${url#*://}
    if amqp_at "amqp://${user%%:*}:not-the-password@${url##*@}" declare-queue -q '' > /dev/null; then
        fail 'a wrong password was accepted'
        return
    fi
    grep -q ACCESS_REFUSED "$scratch/stderr"
}

check declare_durable_queue_twice
check server_names_a_queue
check redeclare_with_other_durability_is_refused_406
check get_from_a_missing_queue_is_refused_404
check get_of_an_empty_queue_exits_with_2
check message_with_properties_and_headers_is_gotten
check empty_body_is_gotten
check body_of_3_MB_round_trips
check delete_tells_how_many_messages_went_and_if_empty_is_refused_406
check consumed_messages_are_acknowledged_in_order
check message_of_a_failed_consumer_comes_back
check exclusive_consumer_is_bound_to_a_topic
check wrong_password_is_refused_403

echo "$passed passed, $failed failed, 0 skipped"
((failed == 0 && passed > 0))
