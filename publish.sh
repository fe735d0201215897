#!/usr/bin/env bash
# Makes what users install: one self-contained file per program, and a Debian package of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source packaging/debian.sh

# PROJECT PROGRAM, in the order of the package's description. A project that is not there is said to be left out.
readonly programs=(
    "HareMQ.Server haremq"
    "HareMQ.Cli harectl"
    "HareMQ.Perf hareperf"
)

usage() {
    cat <<USAGE
usage: ./publish.sh [options]

  --runtime RID    what the programs run on: linux-x64, linux-arm64, osx-arm64, win-x64, ... (default: this machine, $(host_runtime))
  --output DIR     where they go (default artifacts/publish)
  --deb            and a Debian package of them, for linux-x64, linux-arm64 and linux-arm
  --maintainer M   the package's maintainer, "Name <address>" (default: \$DEBFULLNAME <\$DEBEMAIL>)
  --help           this text

Each program is one file that needs no .NET on the machine: trimmed to what it uses, compiled ahead of time so that it starts quickly.
The version is VersionPrefix in Directory.Build.props.
USAGE
}

host_runtime() {
    local system machine
    case $(uname -s) in
        Linux) system=linux ;;
        Darwin) system=osx ;;
        *) system=win ;;
    esac
    case $(uname -m) in
        x86_64 | amd64) machine=x64 ;;
        aarch64 | arm64) machine=arm64 ;;
        armv7l) machine=arm ;;
        *) machine=$(uname -m) ;;
    esac
    echo "$system-$machine"
}

die() {
    echo "publish.sh: $*" >&2
    exit 1
}

runtime=$(host_runtime)
output=artifacts/publish
deb=false
maintainer=${DEBFULLNAME:-HareMQ contributors} maintainer+=" <${DEBEMAIL:-haremq@example.invalid}>"
while (($# > 0)); do
    case $1 in
        --runtime) runtime=${2:?--runtime needs a runtime identifier}; shift 2 ;;
        --output) output=${2:?--output needs a directory}; shift 2 ;;
        --maintainer) maintainer=${2:?--maintainer needs a name and an address}; shift 2 ;;
        --deb) deb=true; shift ;;
        --help | -h) usage; exit 0 ;;
        *) echo "publish.sh: unknown option '$1'" >&2; usage >&2; exit 2 ;;
    esac
done
! $deb || debian_architecture "$runtime" > /dev/null || die "no Debian package for $runtime; there are linux-x64, linux-arm64, linux-arm"
! $deb || command -v dpkg-deb > /dev/null || die "--deb needs dpkg-deb"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The publish folder also holds symbols and XML docs of the libraries; the program alone is taken.
publish() {
    local project=$1 program=$2 file=$2
    [[ $runtime != win-* ]] || file+=.exe
    dotnet publish "src/$project/$project.csproj" -c Release -r "$runtime" --self-contained -o "$scratch/$program" \
        -v quiet -nodeReuse:false -p:PublishSingleFile=true -p:PublishTrimmed=true -p:PublishReadyToRun=true \
        -p:TrimmerSingleWarn=false -p:ILLinkTreatWarningsAsErrors=true
    [[ -f $scratch/$program/$file ]] || die "$project made no $file"
    install -D -m 0755 "$scratch/$program/$file" "$output/$file"
    rm -rf "${scratch:?}/$program"
    printf '%-40s %6.1f MB\n' "$output/$file" "$(file_megabytes "$output/$file")"
}

file_megabytes() {
    awk -v bytes="$(wc -c < "$1")" 'BEGIN { print bytes / 1e6 }'
}

version=$(dotnet msbuild src/HareMQ.Server/HareMQ.Server.csproj -getProperty:Version)
[[ $version =~ ^[0-9] ]] || die "no version in Directory.Build.props: '$version'"
published=()
for entry in "${programs[@]}"; do
    read -r project program <<< "$entry"
    if [[ -d src/$project ]]; then
        publish "$project" "$program"
        published+=("$program")
    else
        echo "$program left out: there is no src/$project"
    fi
done

if $deb; then
    package=$output/haremq_$(debian_version "$version")_$(debian_architecture "$runtime").deb
    build_debian_package "$scratch/deb" "$version" "$runtime" "$maintainer" "$output" "$package" "${published[@]}"
    printf '%-40s %6.1f MB\n' "$package" "$(file_megabytes "$package")"
fi
