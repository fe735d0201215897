# The Debian package; sourced by publish.sh, not run. Needs dpkg-deb and nothing else of Debian's tools.

readonly debian_revision=1

# debian_architecture RID: Debian's name of it; fails if there is none.
debian_architecture() {
    case $1 in
        linux-x64) echo amd64 ;;
        linux-arm64) echo arm64 ;;
        linux-arm) echo armhf ;;
        *) return 1 ;;
    esac
}

# debian_version VERSION: a pre-release sorts before its release.
debian_version() {
    echo "${1/-/\~}-$debian_revision"
}

# Of the last change of the sources, so that the same sources make the same package.
source_date() {
    if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
        SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2> /dev/null || date +%s)
    fi
    export SOURCE_DATE_EPOCH
}

# put MODE SOURCE TARGET
put() {
    install -D -m "$1" "$2" "$3"
}

# put_compressed SOURCE TARGET: without a time in it.
put_compressed() {
    mkdir -p "$(dirname "$2")"
    gzip -9n < "$1" > "$2"
}

debian_changelog() {
    local version=$1 maintainer=$2
    cat <<CHANGELOG
haremq ($(debian_version "$version")) unstable; urgency=medium

  * Release $version; changelog.gz says what is new.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
CHANGELOG
}

# fill FILE NAME=VALUE...: the file with each @NAME@ replaced.
fill() {
    local file=$1 text
    shift
    text=$(<"$file")
    for assignment in "$@"; do
        text=${text//@${assignment%%=*}@/"${assignment#*=}"}
    done
    printf '%s\n' "$text"
}

# put_completions HARECTL ROOT: harectl writes them itself, so it has to run here.
put_completions() {
    local program=$1 root=$2 shell target
    if ! "$program" version > /dev/null 2>&1; then
        echo "no shell completions in the package: $program does not run on this machine"
        return
    fi
    for shell in bash:bash-completion/completions/harectl zsh:zsh/vendor-completions/_harectl \
        fish:fish/vendor_completions.d/harectl.fish; do
        target=$root/usr/share/${shell#*:}
        mkdir -p "$(dirname "$target")"
        "$program" completion "${shell%%:*}" > "$target"
    done
}

# build_debian_package ROOT VERSION RID MAINTAINER FROM PACKAGE PROGRAM...: ROOT is a new
# directory to build in, FROM has the programs.
build_debian_package() {
    local root=$1 version=$2 runtime=$3 maintainer=$4 from=$5 package=$6
    shift 6
    local docs=$root/usr/share/doc/haremq file program
    source_date
    for program in "$@"; do
        [[ -f packaging/man/$program.1 ]] || die "$program has no manual page packaging/man/$program.1"
        put 0755 "$from/$program" "$root/usr/bin/$program"
        fill "packaging/man/$program.1" "VERSION=$version" "DATE=$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)" > "$root/page"
        put_compressed "$root/page" "$root/usr/share/man/man1/$program.1.gz"
        rm "$root/page"
    done
    if [[ " $* " == *" harectl "* ]]; then put_completions "$from/harectl" "$root"; fi
    put 0644 packaging/haremq.conf "$root/etc/haremq/haremq.conf"
    put 0644 packaging/haremq.service "$root/lib/systemd/system/haremq.service"
    for file in docs/*.md; do
        # The index and the map of courses lead to pages that are not in the package.
        [[ $file == */README.md || $file == */course-map* || $file == *.zh-CN.md ]] || put 0644 "$file" "$docs/${file##*/}"
    done
    put 0644 packaging/debian/copyright "$docs/copyright"
    put_compressed CHANGELOG.md "$docs/changelog.gz"
    put_compressed <(debian_changelog "$version" "$maintainer") "$docs/changelog.Debian.gz"
    put 0644 packaging/debian/lintian-overrides "$root/usr/share/lintian/overrides/haremq"

    mkdir "$root/DEBIAN"
    fill packaging/debian/control "VERSION=$(debian_version "$version")" "ARCHITECTURE=$(debian_architecture "$runtime")" \
        "MAINTAINER=$maintainer" "INSTALLED_SIZE=$(du -k -s --apparent-size "$root" | cut -f1)" > "$root/DEBIAN/control"
    for file in postinst prerm postrm; do put 0755 "packaging/debian/$file" "$root/DEBIAN/$file"; done
    (cd "$root" && find etc -type f -printf '/%p\n') > "$root/DEBIAN/conffiles"
    (cd "$root" && find usr lib -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
    chmod -R u=rwX,go=rX "$root"
    dpkg-deb --root-owner-group -Zxz --build "$root" "$package" > /dev/null
}
