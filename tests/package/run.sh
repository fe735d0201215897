#!/usr/bin/env bash
# Builds the Debian package, installs it, runs what its unit says, and removes it again.
#
#   tests/package/run.sh DIR     DIR is for what is built; prints a line per check, ends with `N passed, N failed, N skipped`
#
# The package is really installed where that can harm nobody: by root, on a machine that has no HareMQ and no running systemd, such as a
# container. Elsewhere it is unpacked into a directory, and what only an installation shows is skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/lib/process.sh

readonly work=${1:?usage: tests/package/run.sh DIR}
readonly python=/usr/bin/python3
passed=0 failed=0 skipped=0
root= installed=false

ok() { echo "ok $*"; passed=$((passed + 1)); }
not_ok() { echo "not ok $*"; failed=$((failed + 1)); }
skip() { echo "skipped $*"; skipped=$((skipped + 1)); }

# check NAME COMMAND...: what the command prints is shown if it fails.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        ok "$name"
    else
        not_ok "$name"
        sed 's/^/    | /' <<< "$output"
    fi
}

clean_up() {
    if $installed; then dpkg --purge haremq > /dev/null 2>&1 || true; fi
    [[ -z $root ]] || rm -rf "$root"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

may_install() {
    ((EUID == 0)) && [[ ! -d /run/systemd/system && ! -e /etc/haremq && ! -e /var/lib/haremq ]] &&
        ! getent passwd haremq > /dev/null && ! dpkg-query -s haremq > /dev/null 2>&1
}

# --- What is in the package ---

contents() {
    dpkg-deb --contents "$package"
}

# One per line, without the directories.
files() {
    contents | awk '$1 !~ /^d/ { print substr($6, 2) }'
}

has_what_a_service_needs() {
    local file missing=0 wanted=(/usr/bin/haremq /usr/bin/hareperf)
    [[ ! -d src/HareMQ.Cli ]] || wanted+=(/usr/bin/harectl /usr/share/bash-completion/completions/harectl)
    for file in "${wanted[@]}" /etc/haremq/haremq.conf /lib/systemd/system/haremq.service \
        /usr/share/doc/haremq/{copyright,changelog.gz,changelog.Debian.gz,configuration.md}; do
        files | grep -qx "$file" || { echo "no $file"; missing=1; }
    done
    return $missing
}

belongs_to_root() {
    ! contents | awk '$2 != "root/root" || $1 ~ /^.{5}w|^.{8}w/ { print }' | grep .
}

conffiles_are_those_in_etc() {
    diff <(dpkg-deb --info "$package" conffiles) <(files | grep '^/etc/')
}

has_the_version_of_the_sources() {
    local version
    version=$(sed -n 's/.*<VersionPrefix>\(.*\)<\/VersionPrefix>.*/\1/p' Directory.Build.props)
    [[ $(dpkg-deb --field "$package" Version) == "$version"-* && $("$work/haremq" --version) == "HareMQ $version" ]]
}

# Every option of --help is in the page, and the page is one that man can show.
page_tells_every_option() {
    local program=$1 option page missing=0
    page=$(man --warnings --local-file "packaging/man/$program.1" 2> "$work/man.log" | col -b)
    [[ ! -s $work/man.log ]] || { cat "$work/man.log"; missing=1; }
    while read -r option; do
        grep -qwF -- "$option" <<< "$page" || { echo "$program.1 does not tell of $option"; missing=1; }
    done < <("$work/$program" --help | grep -E '^ +-' | grep -oE -- '--[a-z-]+' | sort -u)
    return $missing
}

# --- What the package does ---

# A root directory of our own stands for the machine where nothing may be installed.
unit() {
    echo "$root/lib/systemd/system/haremq.service"
}

# The checks of service.py are counted as our own.
run_service() {
    local line
    while IFS= read -r line; do
        case $line in
            "ok "*) ok "${line#ok }" ;;
            "not ok "*) not_ok "${line#not ok }" ;;
            *) echo "$line" ;;
        esac
    done < <(PYTHONDONTWRITEBYTECODE=1 timeout --kill-after=10 120 "$python" tests/package/service.py "$(unit)" "$@" 2>&1 ||
        echo "not ok service.py $* ended with exit code $?")
}

serve() {
    local found=$1
    shift
    [[ -z $root ]] || set -- --root "$root" "$@"
    run_service --amqp "$(free_port)" --http "$(free_port)" --found "$found" "$@"
}

left_behind() {
    {
        find /etc /usr /var/lib /lib/systemd /run -xdev -iname '*haremq*' -not -path '*/lib/dpkg/*' -not -path "$PWD/*" 2> /dev/null
        grep -l haremq /etc/passwd /etc/group
        dpkg-query -W -f='${Package} ${db:Status-Status}\n' haremq 2> /dev/null | grep -v not-installed
    } || true
}

configuration_and_data_are_kept() {
    [[ -s /etc/haremq/haremq.conf && -d /var/lib/haremq && ! -e /usr/bin/haremq ]] && grep -qx '# changed' /etc/haremq/haremq.conf
}

nothing_is_left() {
    [[ -z $(left_behind) ]] || { left_behind; return 1; }
}

mkdir -p "$work"
check "publish.sh builds the programs and the package" ./publish.sh --output "$work" --deb
package=$(find "$work" -name 'haremq_*.deb' | head -n 1)
if [[ -z $package ]]; then
    echo "$passed passed, $failed failed, $skipped skipped"
    exit 1
fi
check "the package has what a service needs" has_what_a_service_needs
check "everything belongs to root, and nobody else may write" belongs_to_root
check "the configuration is a conffile, and nothing else is" conffiles_are_those_in_etc
check "package and program have the version of the sources" has_the_version_of_the_sources
if command -v man > /dev/null; then
    for program in haremq harectl; do
        [[ ! -x $work/$program ]] || check "the manual page of $program tells every option" page_tells_every_option "$program"
    done
else
    skip "the manual page: there is no man"
fi
if command -v lintian > /dev/null; then
    check "lintian has nothing to say" lintian --allow-root --fail-on error,warning "$package"
else
    skip "lintian: it is not installed"
fi

if [[ ! -e /usr/lib/python3/dist-packages/pika ]]; then
    skip "the service: Python's pika is not installed"
elif may_install; then
    installed=true
    check "it installs" dpkg --install "$package"
    if command -v systemd-analyze > /dev/null; then check "systemd takes the unit" systemd-analyze verify --man=no "$(unit)"; fi
    serve nothing --user haremq
    echo '# changed' >> /etc/haremq/haremq.conf
    check "it installs over itself" dpkg --install "$package"
    serve message --user haremq
    check "it is removed" dpkg --remove haremq
    check "which leaves configuration and data" configuration_and_data_are_kept
    check "it is purged" dpkg --purge haremq
    check "which leaves nothing" nothing_is_left
    installed=false
else
    root=$(mktemp -d)
    check "it unpacks" dpkg-deb --extract "$package" "$root"
    mkdir -p "$root/var/lib/haremq"
    serve nothing
    serve message
    skip "installing and removing: that needs root on a machine without HareMQ and without a running systemd"
fi

echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
