#!/usr/bin/env bash
# Builds HareMQ and runs every test: the .NET projects, client libraries of other languages, the crash test and the fuzzer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source tests/lib/tally.sh
source tests/lib/process.sh

usage() {
    cat <<USAGE
usage: ./test.sh [options]

  --only PATTERN   only the parts whose name matches this regular expression; names are printed as the parts run:
                   dotnet/PROJECT, server, clients/SUITE, crash, simulation, fuzz, budgets, package
  --rounds N       rounds of the crash test (default ${CRASH_ROUNDS:-5}; also CRASH_ROUNDS)
  --seeds N        runs of the simulation (default ${SIMULATION_SEEDS:-400}; also SIMULATION_SEEDS)
  --no-install     install nothing; suites whose client is missing are skipped
  --no-package     leave out the Debian package, which takes a minute to build
  --help           this text

FUZZ_COUNT is the number of frames the fuzzer sends through the parser (default 10000000), TEST_SECONDS the limit of one part.
Logs and trx files go to artifacts/test-results. The last line is \`N passed, N failed, N skipped\`; the exit code is 0 if nothing
failed and something passed. The comparison tests run against a private node of rabbitmq-server as well.
USAGE
}

only=.
crash_rounds=${CRASH_ROUNDS:-5}
simulation_seeds=${SIMULATION_SEEDS:-400}
fuzz_count=${FUZZ_COUNT:-10000000}
install=true
package=true
while (($# > 0)); do
    case $1 in
        --only) only=${2:?--only needs a pattern}; shift 2 ;;
        --rounds) crash_rounds=${2:?--rounds needs a number}; shift 2 ;;
        --seeds) simulation_seeds=${2:?--seeds needs a number}; shift 2 ;;
        --no-install) install=false; shift ;;
        --no-package) package=false; shift ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

readonly results=$PWD/artifacts/test-results
readonly part_seconds=${TEST_SECONDS:-900}
readonly start_seconds=30 stop_seconds=30
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

scratch=$(mktemp -d)
server_pid=
rabbitmq_tried=false
rabbitmq_running=false

clean_up() {
    end_group TERM
    [[ -z $server_pid ]] || end_process "$server_pid" 5
    ! $rabbitmq_running || tests/lib/rabbitmq.sh stop "$scratch/rabbitmq"
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

wanted() {
    [[ $1 =~ $only ]]
}

# Leaves out what the solution does not list: it would not have been built.
test_projects() {
    sed -n 's/.*Project Path="\(tests\/[^"]*\)".*/\1/p' HareMQ.slnx | grep -E '(\.Tests|/HareMQ\.Conformance[^/]*)\.csproj$' || true
}

listed() {
    grep -q "Project Path=\"$1\"" HareMQ.slnx
}

# Once, for the first project that compares; a node named in the environment is used instead.
start_rabbitmq() {
    [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server && -z ${HAREMQ_TEST_RABBITMQ_URL:-} ]] || return 0
    ! $rabbitmq_tried || return 0
    rabbitmq_tried=true
    local url port
    port=$(free_port)
    if url=$(tests/lib/rabbitmq.sh start "$scratch/rabbitmq" "$port" \
        rabbitmq_management rabbitmq_prometheus rabbitmq_event_exchange 2> "$results/rabbitmq.log"); then
        rabbitmq_running=true
        export HAREMQ_TEST_RABBITMQ_URL=$url HAREMQ_TEST_RABBITMQ_DIR=$scratch/rabbitmq
        export HAREMQ_TEST_RABBITMQ_MANAGEMENT_URL=http://127.0.0.1:$((port + 10000))/
        export HAREMQ_TEST_RABBITMQ_PROMETHEUS_URL=http://127.0.0.1:$((port + 10001))/
    else
        echo "    rabbitmq-server did not start, comparison tests are skipped; see $results/rabbitmq.log"
    fi
}

counter() {
    sed -n "s/.*<Counters [^>]*\b$1=\"\([0-9]*\)\".*/\1/p" "$2"
}

# The counts come from the trx file. A host that died, or never wrote one, has failed once more than that file says.
run_dotnet_tests() {
    local project=$1 name log trx code=0 total=0 passed=0 failed=0
    name=$(basename "$project" .csproj)
    log=$results/$name.log trx=$results/$name.trx
    rm -f "$trx"
    run_group "$log" limited "$part_seconds" dotnet test --no-build -c Release "$project" \
        --results-directory "$results" --logger "trx;LogFileName=$name.trx" || code=$?
    if [[ -f $trx ]]; then
        total=$(counter total "$trx") passed=$(counter passed "$trx")
        failed=$(($(counter failed "$trx") + $(counter error "$trx") + $(counter timeout "$trx") + $(counter aborted "$trx")))
        sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*outcome="Failed".*/    not ok \1/p' "$trx"
    fi
    if ((code != 0 && failed == 0)); then
        failed=1 total=$((total + 1))
        echo "    $name ended with exit code $code; see $log"
        tail -n 5 "$log" | sed 's/^/    | /'
    fi
    tally "dotnet/$name" "$passed" "$failed" $((total - passed - failed))
}

start_server() {
    local port=$1
    dotnet src/HareMQ.Server/bin/Release/net10.0/haremq.dll --data-dir "$scratch/data" --set "listeners.tcp.default=127.0.0.1:$port" \
        --set management.tcp.port=none --set prometheus.tcp.port=none \
        > "$results/haremq.log" 2>&1 < /dev/null &
    server_pid=$!
    wait_until "$start_seconds" server_settled || true
    ! gone "$server_pid" && server_ready
}

server_ready() {
    grep -qx ready "$results/haremq.log"
}

server_settled() {
    gone "$server_pid" || server_ready
}

# SIGTERM is how service managers stop the server; anything but a clean exit is a failure.
stop_server() {
    local pid=$server_pid code=0
    server_pid=
    end_process "$pid" "$stop_seconds"
    wait "$pid" || code=$?
    ((code == 0)) || echo "    haremq ended with exit code $code; see $results/haremq.log"
    ((code == 0))
}

run_clients() {
    local suite port suites=() counts
    while read -r suite; do
        ! wanted "clients/$suite" || suites+=("$suite")
    done < <(tests/clients/run.sh --list)
    ((${#suites[@]} > 0)) || wanted server || return 0
    port=$(free_port)
    if ! start_server "$port"; then
        echo "    haremq did not say ready; see $results/haremq.log"
        tail -n 5 "$results/haremq.log" | sed 's/^/    | /'
        tally server 0 1 0
        return
    fi
    export AMQP_URL=amqp://guest:guest@127.0.0.1:$port/
    for suite in "${suites[@]}"; do
        # The script has printed the suite's own line already; its exit code is 1 for a skipped suite as well.
        run_group "$scratch/suite.log" tests/clients/run.sh "$suite" || true
        if read_summary "$scratch/suite.log"; then
            sed '$d' "$scratch/suite.log"
            add_counts "${counts[@]}"
        else
            sed 's/^/    | /' "$scratch/suite.log"
            tally "clients/$suite" 0 1 0
        fi
    done
    if stop_server; then tally server 2 0 0; else tally server 1 1 0; fi
}

# run_program NAME PROJECT ARGUMENTS...: a test that is a program of its own.
run_program() {
    local name=$1 project=$2 code=0
    shift 2
    wanted "$name" && listed "$project" || return 0
    run_group "$results/$name.log" limited "$part_seconds" dotnet run --no-build -c Release --project "$project" -- "$@" || code=$?
    tally_program "$name" "$code" "$results/$name.log"
}

# Last of all: publishing restores the projects for one kind of machine.
run_package() {
    local code=0
    $package && wanted package || return 0
    run_group "$results/package.log" limited "$part_seconds" tests/package/run.sh "$scratch/package" || code=$?
    tally_program package "$code" "$results/package.log"
}

mkdir -p "$results"
if $install && ! tests/lib/install.sh; then
    echo "    not everything could be installed; the suites that need it are skipped"
fi

if run_group "$results/build.log" dotnet build -c Release --disable-build-servers HareMQ.slnx; then
    while read -r project; do
        wanted "dotnet/$(basename "$project" .csproj)" || continue
        [[ $project != */HareMQ.Conformance* && $project != */HareMQ.Management* && $project != */HareMQ.Cli* ]] || start_rabbitmq
        run_dotnet_tests "$project"
    done < <(test_projects)
    run_clients
    run_program crash tests/HareMQ.Crash/HareMQ.Crash.csproj --rounds "$crash_rounds"
    run_program simulation tests/HareMQ.Simulation/HareMQ.Simulation.csproj --seeds "$simulation_seeds"
    run_program budgets benchmarks/HareMQ.Microbenchmarks/HareMQ.Microbenchmarks.csproj --budgets benchmarks/budgets.json
    run_program fuzz tests/HareMQ.Fuzz/HareMQ.Fuzz.csproj frames --count "$fuzz_count"
    run_package
else
    # Nothing else can be trusted: what lies in the output folders is older than the sources.
    grep -E ': error |error\(s\)' "$results/build.log" | sort -u | head -n 20 | sed 's/^/    | /'
    tally build 0 1 0
fi
tally_end
