# shellcheck shell=bash
# A private, throwaway PostgreSQL: sourced by script/dev, script/test and script/demo.
#
# PostgreSQL finds its own files relative to its executables (make_relative_path), so a copy of the bin directory,
# beside links to the rest, is a whole installation. `make install` with the copy's pg_config goes there and nowhere
# else: the system's PostgreSQL gets no file, no cluster and no connection. Everything lives in one directory under
# ${TMPDIR:-/tmp}, which a trap removes. Any number of these servers run side by side: each listens on a socket in its
# own directory only.
#
#   server_open               make the tree; sets SERVER_TREE, SERVER_BIN and SERVER_PG_CONFIG
#   server_install [MAKE…]    build the extension and install it into the tree; further arguments go to make
#   server_mirror NAME        before that: build in a folder below build/, for settings that other builds must not meet
#   server_install_test_modules [MAKE…]  likewise the extensions below test/module, which only tests need
#   server_start [SETTING…]   initdb and start; exports PGHOST, PGPORT, PGUSER and PGDATABASE
#   server_start_beside NAME PORT [SETTING…]  start a second server like it
#   server_as COMMAND…        run a command as the server's user, in the tree
#   server_psql ARG…          the server's own psql, without ~/.psqlrc, stopping at errors
#   server_stop               stop the server; the tree stays
#   server_close              stop the server and remove the tree (the trap calls it)

server_checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

server_fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Prints the pg_config to build with: $PG_CONFIG, that of $PGMAJOR, else the newest with server and server headers.
server_find_pg_config() {
    local candidate
    if [[ -n ${PG_CONFIG:-} ]]; then
        command -v "$PG_CONFIG" || server_fail "PG_CONFIG=$PG_CONFIG is not an executable"
        return
    fi
    while read -r candidate; do
        if [[ -x ${candidate%/*}/postgres && -f $("$candidate" --includedir-server)/postgres.h ]]; then
            printf '%s\n' "$candidate"
            return
        fi
    done < <(compgen -G "/usr/lib/postgresql/${PGMAJOR:-*}/bin/pg_config" | sort -rV)
    if [[ -z ${PGMAJOR:-} ]]; then
        command -v pg_config && return
    fi
    server_fail "no PostgreSQL ${PGMAJOR:+$PGMAJOR }with server headers found: run script/bootstrap, or set PG_CONFIG"
}

# The user to run the server as: PostgreSQL refuses to be run by root.
server_find_user() {
    if ((EUID != 0)); then
        id -un
    elif id -u postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}

server_as() {
    (
        cd "$SERVER_TREE" || exit
        if ((EUID == 0)); then
            exec setpriv --reuid="$SERVER_USER" --regid="$(id -g "$SERVER_USER")" --clear-groups \
                env HOME="$SERVER_TREE/home" "$@"
        fi
        exec env HOME="$SERVER_TREE/home" "$@"
    )
}

# A new directory that the server's user can reach. A socket's path may have 107 bytes at most.
server_make_directory() {
    local base
    for base in "${TMPDIR:-/tmp}" /tmp; do
        ((${#base} <= 60)) || continue
        SERVER_TREE=$(mktemp -d "$base/fkaudit.XXXXXXXX") || continue
        SERVER_TREE=$(cd "$SERVER_TREE" && pwd -P)
        chmod 755 "$SERVER_TREE"
        mkdir -m 755 "$SERVER_TREE/home"
        if server_as test -x . 2>/dev/null; then
            return
        fi
        rm -rf "$SERVER_TREE"
    done
    SERVER_TREE=
    server_fail "no directory for the private server: TMPDIR must be short and open to the user $SERVER_USER"
}

server_open() {
    umask 022
    SERVER_SYSTEM_PG_CONFIG=$(server_find_pg_config)
    SERVER_USER=$(server_find_user)
    SERVER_TREE=
    trap server_close EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    server_make_directory

    local bin pkglib share include include_server lib directory
    bin=$("$SERVER_SYSTEM_PG_CONFIG" --bindir)
    pkglib=$("$SERVER_SYSTEM_PG_CONFIG" --pkglibdir)
    share=$("$SERVER_SYSTEM_PG_CONFIG" --sharedir)
    include=$("$SERVER_SYSTEM_PG_CONFIG" --includedir)
    include_server=$("$SERVER_SYSTEM_PG_CONFIG" --includedir-server)
    lib=$("$SERVER_SYSTEM_PG_CONFIG" --libdir)
    messages=$("$SERVER_SYSTEM_PG_CONFIG" --localedir)

    mkdir -p "$SERVER_TREE$bin"
    cp -aLT "$bin" "$SERVER_TREE$bin" # copies, not links: the server looks through links to find where it lives
    # Real directories where `make install` writes, links for the rest.
    mkdir -p "$SERVER_TREE$pkglib" "$SERVER_TREE$share"
    for directory in "$pkglib" "$share"; do
        find "$directory" -mindepth 1 -maxdepth 1 ! -path "$share/extension" ! -path "$pkglib/bitcode" \
            -exec ln -s -t "$SERVER_TREE$directory" {} +
    done
    mkdir -p "$SERVER_TREE$share/extension" "$SERVER_TREE$pkglib/bitcode"
    find "$share/extension" -mindepth 1 -maxdepth 1 ! -name 'fkaudit*' \
        -exec ln -s -t "$SERVER_TREE$share/extension" {} +
    rm -f "$SERVER_TREE$pkglib/fkaudit.so"
    for directory in "$include" "$include_server" "$lib" "$messages"; do
        if [[ ! -e $SERVER_TREE$directory ]]; then
            mkdir -p "$SERVER_TREE${directory%/*}"
            ln -s "$directory" "$SERVER_TREE$directory"
        fi
    done

    SERVER_BIN=$SERVER_TREE$bin
    SERVER_PG_CONFIG=$SERVER_BIN/pg_config
    [[ $("$SERVER_PG_CONFIG" --sharedir) == "$SERVER_TREE$share" ]] ||
        server_fail "$SERVER_SYSTEM_PG_CONFIG belongs to an installation that cannot be relocated"
    PATH=$SERVER_BIN:$PATH
    # The caller's own settings must not lead anywhere else.
    unset "${!PG@}"
    export LC_ALL=C.UTF-8
}

# Runs make for the extension in the checkout's directory $1: with the system's pg_config (dependency files must not
# name the tree, which goes away), or for `install` with the tree's.
server_make() {
    local directory=$1 pg_config=$SERVER_SYSTEM_PG_CONFIG
    shift
    if [[ ${!#} == install ]]; then
        pg_config=$SERVER_PG_CONFIG
    fi
    make -s -j "$(nproc)" -C "$server_checkout/$directory" PG_CONFIG="$pg_config" "$@"
}

# Objects of another installation or compiler, or built with other settings, are thrown away first; without settings,
# what is there will do.
server_install() {
    local stamp="$server_checkout/build/installation" installation built_with settings="$*" module
    installation="$SERVER_SYSTEM_PG_CONFIG $("$SERVER_SYSTEM_PG_CONFIG" --version) $("${CXX:-g++}" -dumpfullversion)"
    built_with=$(sed -n 2p "$stamp" 2>/dev/null || true)
    if [[ $(sed -n 1p "$stamp" 2>/dev/null) != "$installation" || (-n $settings && $settings != "$built_with") ]]; then
        for module in . $(server_test_modules); do
            server_make "$module" clean >/dev/null || return
        done
    elif [[ -z $settings ]] && server_make . -q all 2>/dev/null; then
        settings=$built_with
    fi
    mkdir -p "${stamp%/*}"
    printf '%s\n' "$installation" "$settings" >"$stamp"
    server_make . "$@" all && server_make . "$@" install
}

# Links to the sources in a folder of their own, so that the objects do not mix with those of plain builds.
server_mirror() {
    local directory=$server_checkout/build/$1 path
    mkdir -p "$directory"
    find "$directory" -type l -delete
    (
        cd "$server_checkout" || exit
        find src sql doc test/module -type f ! -name '*.o' ! -name '*.d' ! -name '*.so' ! -name '*.bc'
        printf '%s\n' Makefile fkaudit.control exports.txt
    ) | while read -r path; do
        mkdir -p "$directory/$(dirname "$path")"
        ln -s "$server_checkout/$path" "$directory/$path"
    done
    server_checkout=$directory
}

# The directories of the extensions that only tests need.
server_test_modules() {
    (
        cd "$server_checkout" || exit
        compgen -G 'test/module/*/Makefile' | xargs -r dirname
    )
}

server_install_test_modules() {
    local module
    for module in $(server_test_modules); do
        server_make "$module" "$@" all && server_make "$module" "$@" install || return
    done
}

server_start() {
    local setting
    SERVER_DATA=$SERVER_TREE/data
    mkdir -p "$SERVER_DATA" "$SERVER_TREE/socket"
    chmod 700 "$SERVER_DATA"
    if ((EUID == 0)); then
        chown "$SERVER_USER" "$SERVER_DATA" "$SERVER_TREE/socket" "$SERVER_TREE/home"
    fi
    export PGHOST=$SERVER_TREE/socket PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
    if [[ ! -f $SERVER_DATA/PG_VERSION ]]; then
        server_as "$SERVER_BIN/initdb" --pgdata="$SERVER_DATA" --username=postgres --auth=trust --encoding=UTF8 \
            --locale=C.UTF-8 --no-sync >"$SERVER_TREE/initdb.log" 2>&1 </dev/null ||
            { cat "$SERVER_TREE/initdb.log" >&2; server_fail "initdb failed"; }
        cat >>"$SERVER_DATA/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$SERVER_TREE/socket'
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
wal_level = logical
max_prepared_transactions = 10
jit = off
CONF
    fi
    for setting; do
        printf '%s\n' "$setting" >>"$SERVER_DATA/postgresql.conf"
    done
    server_as "$SERVER_BIN/pg_ctl" --pgdata="$SERVER_DATA" --log="$SERVER_DATA/server.log" --wait --silent start \
        >/dev/null 2>&1 </dev/null ||
        { cat "$SERVER_DATA/server.log" >&2; server_fail "the private server did not start"; }
}

# A copy of the server that runs already, with its settings, in a directory $1 of its own and on port $2 of the same socket
# directory; further arguments are settings.
server_start_beside() {
    local directory=$SERVER_TREE/$1 port=$2
    shift 2
    "$SERVER_BIN/pg_basebackup" --pgdata="$directory" --checkpoint=fast --no-sync
    if ((EUID == 0)); then
        chown -R "$SERVER_USER" "$directory"
    fi
    chmod 700 "$directory"
    printf '%s\n' "$@" >>"$directory/postgresql.conf"
    server_as "$SERVER_BIN/pg_ctl" --pgdata="$directory" --log="$directory/server.log" --options="-p $port" --wait --silent \
        start >/dev/null 2>&1 </dev/null ||
        { cat "$directory/server.log" >&2; server_fail "the second server did not start"; }
}

server_psql() {
    "$SERVER_BIN/psql" --no-psqlrc --set=ON_ERROR_STOP=1 "$@"
}

server_stop() {
    server_as "$SERVER_BIN/pg_ctl" --pgdata="$SERVER_DATA" --mode=fast --wait --silent stop >/dev/null 2>&1 </dev/null
}

server_close() {
    trap - EXIT
    trap '' HUP INT TERM
    if [[ -n ${SERVER_TREE:-} ]]; then
        # Every server below the tree, those of TAP tests included.
        local pidfile
        while read -r pidfile; do
            server_as "$SERVER_BIN/pg_ctl" --pgdata="${pidfile%/*}" --mode=immediate --wait --silent stop \
                >/dev/null 2>&1 </dev/null || true
        done < <(find "$SERVER_TREE" -name postmaster.pid 2>/dev/null)
        rm -rf "$SERVER_TREE"
        SERVER_TREE=
    fi
}
