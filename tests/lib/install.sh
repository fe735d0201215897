#!/usr/bin/env bash
# Installs what the tests need beside the .NET SDK: clients in other languages, and their tools. Quiet about what is there already.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly packages=(
    python3-pika python3-kombu                              # pika, kombu
    golang-go golang-github-rabbitmq-amqp091-go-dev         # amqp091-go and its own tests
    ruby-bunny                                              # bunny
    amqp-tools librabbitmq-dev gcc libc6-dev                # librabbitmq, from the shell and from C
    librabbitmq-client-java libslf4j-java                   # RabbitMQ's Java client
    haproxy                                                 # in front of the broker, with the PROXY protocol
    lintian man-db                                          # what Debian thinks of the package
    zsh fish                                                # the completion of harectl
)
readonly attempts=3

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo -n "$@"
    fi
}

retry() {
    local attempt
    for ((attempt = 1; attempt <= attempts; attempt++)); do
        "$@" && return
        echo "attempt $attempt of $attempts failed: $*" >&2
        sleep $((attempt * 2))
    done
    return 1
}

quietly() {
    local log
    log=$(mktemp)
    if "$@" > "$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
}

apt() {
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" < /dev/null
}

installed() {
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2> /dev/null) == installed ]]
}

install_packages() {
    local wanted=() package
    for package in "${packages[@]}"; do
        installed "$package" || wanted+=("$package")
    done
    # Whoever has Node or a JDK from elsewhere keeps it.
    command -v node > /dev/null && command -v npm > /dev/null || wanted+=(nodejs npm)
    command -v javac > /dev/null || wanted+=(default-jdk-headless)
    ((${#wanted[@]} > 0)) || return 0
    command -v apt-get > /dev/null || { echo "no apt-get to install: ${wanted[*]}" >&2; return 1; }
    echo "installing ${wanted[*]}"
    retry apt update && retry apt install --no-install-recommends "${wanted[@]}"
}

# For the comparison tests, which start private nodes of their own: the system's service is neither started nor enabled.
install_rabbitmq() {
    installed rabbitmq-server && return
    command -v apt-get > /dev/null || { echo "no apt-get to install rabbitmq-server" >&2; return 1; }
    echo "installing rabbitmq-server"
    local policy=/usr/sbin/policy-rc.d ours=false code=0
    if [[ ! -e $policy ]]; then
        ours=true
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null && as_root chmod +x "$policy"
    fi
    retry apt update && retry apt install --no-install-recommends rabbitmq-server || code=1
    ! $ours || as_root rm -f "$policy"
    ! command -v systemctl > /dev/null || as_root systemctl disable rabbitmq-server > /dev/null 2>&1 || true
    return $code
}

# The lock file that the installed modules came from is kept beside them: the same lock file, nothing to do.
install_node_modules() {
    local folder=$root/tests/clients/node-amqplib
    local stamp=$folder/node_modules/.haremq-lock
    cmp -s "$folder/package-lock.json" "$stamp" && return
    echo "installing the node modules of tests/clients/node-amqplib"
    retry quietly npm ci --prefix "$folder" --no-audit --no-fund < /dev/null && cp "$folder/package-lock.json" "$stamp"
}

failures=0
install_packages || failures=1
install_rabbitmq || failures=1
install_node_modules || failures=1
exit "$failures"
