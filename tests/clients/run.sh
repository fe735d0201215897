#!/usr/bin/env bash
# Runs client libraries of several languages against the broker at AMQP_URL.
#
#   tests/clients/run.sh [suite…]     all suites, or the named ones; --list names them
#
# A suite prints a line per check and ends with `N passed, N failed, N skipped`. Its whole output is kept in artifacts/test-results/clients.
# A suite whose language or client is not installed is skipped and says so; tests/lib/install.sh installs them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$root/tests/lib/tally.sh"
source "$root/tests/lib/process.sh"

export AMQP_URL=${AMQP_URL:-amqp://guest:guest@127.0.0.1:5672/}
readonly suites=(amqplib amqplib-own amqplib-own-0.10 pika kombu amqp091-go amqp091-go-own bunny java librabbitmq amqp-tools)
readonly suite_seconds=${SUITE_SECONDS:-120}
readonly logs=$root/artifacts/test-results/clients
readonly build=$root/artifacts/clients
readonly java_library=/usr/share/java

trap 'end_group TERM' EXIT
trap 'exit 130' INT TERM

need_command() {
    command -v "$1" > /dev/null || echo "$1"
}

need_file() {
    [[ -e $1 ]] || echo "$1"
}

missing() {
    case $1 in
        amqplib*) need_command node; need_file "$here/node-amqplib/node_modules/amqplib" ;;
        pika) need_file /usr/lib/python3/dist-packages/pika ;;
        kombu) need_file /usr/lib/python3/dist-packages/kombu ;;
        amqp091-go*) need_command go; need_file /usr/share/gocode/src/github.com/rabbitmq/amqp091-go ;;
        bunny) need_command ruby; need_file /usr/share/doc/ruby-bunny ;;
        java) need_command javac; need_file $java_library/amqp-client.jar ;;
        librabbitmq) need_command gcc; need_file /usr/include/amqp.h ;;
        amqp-tools) need_command amqp-publish ;;
    esac
}

# Debian's packages live in one GOPATH; only what they hold is used, nothing is downloaded.
go_in_gopath() {
    GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE=$build/go-cache go "$@"
}

run_suite() {
    # Tests of libraries may leave files behind; the build folder is theirs.
    cd "$build"
    case $1 in
        amqplib) limited "$suite_seconds" node "$here/node-amqplib/suite.mjs" ;;
        amqplib-own) limited "$suite_seconds" node "$here/node-amqplib/own-tests.mjs" node ;;
        amqplib-own-0.10) limited "$suite_seconds" node "$here/node-amqplib/own-tests.mjs" mocha ;;
        pika | kombu) PYTHONDONTWRITEBYTECODE=1 limited "$suite_seconds" /usr/bin/python3 "$here/python/$1_suite.py" ;;
        amqp091-go)
            (cd "$here/go" && go_in_gopath build -o "$build/go-suite" .) && limited "$suite_seconds" "$build/go-suite"
            ;;
        amqp091-go-own)
            go_in_gopath test -c -tags integration -o "$build/go-own-tests" github.com/rabbitmq/amqp091-go && run_go_tests
            ;;
        bunny) limited "$suite_seconds" ruby "$here/ruby/suite.rb" ;;
        java)
            local classpath=$java_library/amqp-client.jar:$java_library/slf4j-api.jar
            javac -encoding UTF-8 -d "$build/java" -cp "$classpath" "$here"/java/*.java \
                && limited "$suite_seconds" java -cp "$build/java:$classpath:$java_library/slf4j-nop.jar" Suite
            ;;
        librabbitmq)
            gcc -std=c11 -D_DEFAULT_SOURCE -O1 -Wall -Wextra -Werror -o "$build/c-suite" "$here"/c/*.c -lrabbitmq \
                && limited "$suite_seconds" "$build/c-suite"
            ;;
        amqp-tools) limited "$suite_seconds" bash "$here/shell/suite.sh" ;;
    esac
}

# amqp091-go's own tests, those against a broker included, with go's report turned into ours.
run_go_tests() {
    # Its exit code also tells of goroutines that the library itself leaves behind now and then; a run cut short has no summary.
    { limited "$suite_seconds" "$build/go-own-tests" -test.v -test.timeout "${suite_seconds}s" 2>&1 || true; } | awk '
        /^--- PASS: / { passed++; print "ok " $3 }
        /^--- FAIL: / { failed++; print "not ok " $3 ": see the lines above" }
        /^--- SKIP: / { skipped++; print "ok " $3 " # skipped" }
        /^(PASS|FAIL)$/ { complete = 1 }
        !/^(---|===|PASS|FAIL)/ { print }
        END { if (complete) printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
}

main() {
    if [[ ${1:-} == --list ]]; then
        printf '%s\n' "${suites[@]}"
        return
    fi
    local chosen=("$@") suite absent code
    ((${#chosen[@]} > 0)) || chosen=("${suites[@]}")
    mkdir -p "$logs" "$build/java"
    for suite in "${chosen[@]}"; do
        if [[ " ${suites[*]} " != *" $suite "* ]]; then
            echo "there is no suite '$suite'; there are: ${suites[*]}" >&2
            return 2
        fi
        absent=$(missing "$suite" | paste -sd ' ')
        if [[ -n $absent ]]; then
            echo "    not installed: $absent"
            tally "clients/$suite" 0 0 1
            continue
        fi
        code=0
        run_group "$logs/$suite.log" run_suite "$suite" || code=$?
        tally_program "clients/$suite" "$code" "$logs/$suite.log"
    done
    tally_end
}

main "$@"
