# shellcheck shell=bash
# Servers that look for faults of memory and undefined behaviour while tests run on them: sourced by script/test, after
# lib/server.bash, where FKAUDIT_SANITIZE says `address` or `valgrind`.
#
# Both build the extension with -DFKAUDIT_MALLOC, in build/sanitize: what it takes from its memory contexts then comes
# from malloc, block by block, and is watched at its edges and after it is freed (src/pg/memory.cpp). The server itself
# is the installed one; the private tree's `postgres` becomes a script that starts it with the sanitizer's library, or
# under Valgrind.
#
#   address   AddressSanitizer and UndefinedBehaviorSanitizer, compiled into the extension: overruns and use after free
#             on the heap and on the stack, and what C++ leaves undefined
#   valgrind  Memcheck: also values that were never written. The server is not compiled for it (USE_VALGRIND), so it
#             knows the blocks that the server gets from malloc, but not what palloc makes of them
#
#   sanitize_open     after server_open: prepares the tree and the build; sets sanitize_build
#   sanitize_prove    with the test module installed: plants faults and fails unless each is reported
#   sanitize_judge    prints what was reported since and fails if that is anything

sanitize_kind=${FKAUDIT_SANITIZE:-}
# shellcheck disable=SC2034 # script/test reads it
sanitize_build=()  # make's variables
sanitize_planted=0 # reports of planted faults
# The first line of a report; of Valgrind's every line begins with the process.
sanitize_pattern='ERROR: AddressSanitizer|runtime error: |^==[0-9]+== [A-Z][a-z]+ .*(read|write|jump|free|uninit|byte)'

# The program that stands in the place of `postgres` in the private tree.
sanitize_wrap_server() {
    local start libraries name
    case $sanitize_kind in
        address)
            libraries=
            # libstdc++ too: the sanitizer looks for __cxa_throw when it starts, and the server is no C++ program.
            for name in libasan.so libubsan.so libstdc++.so.6; do
                libraries+="$("${CXX:-g++}" -print-file-name="$name") "
            done
            # The sanitizer starts at the first malloc. Some library's constructor has that inside bindtextdomain(),
            # whose lock the sanitizer then waits for: so a library before all others calls malloc first.
            libraries+=$SERVER_TREE/first.so
            "${CXX:-g++}" -x c++ -shared -fPIC -O0 -Wl,-z,initfirst -o "$SERVER_TREE/first.so" - <<'CODE'
#include <cstdlib>
static void* volatile place;
__attribute__((constructor)) static void begin() {
    place = std::malloc(1);
    std::free(place);
}
CODE
            start="env LD_PRELOAD='$libraries' \
ASAN_OPTIONS='detect_leaks=0 max_malloc_fill_size=0 abort_on_error=1 disable_coredump=1 \
allocator_may_return_null=1 detect_odr_violation=0' \
UBSAN_OPTIONS='print_stacktrace=1'"
            ;;
        valgrind)
            start="valgrind --quiet --error-limit=no --num-callers=30 \
--suppressions='$sanitize_sources/test/valgrind.supp' --gen-suppressions=all"
            export PGCTLTIMEOUT=600
            ;;
    esac
    mv "$SERVER_BIN/postgres" "$SERVER_BIN/postgres.plain"
    cat >"$SERVER_BIN/postgres" <<SCRIPT
#!/bin/sh
# initdb and questions of version go to the plain server.
case \$1 in
    --boot | --single | --check | --describe-config | -V | --version | -C) exec "\${0%/*}/postgres.plain" "\$@" ;;
esac
exec $start "\${0%/*}/postgres.plain" "\$@"
SCRIPT
    chmod 755 "$SERVER_BIN/postgres"
}

sanitize_open() {
    local sanitizers=
    # shellcheck disable=SC2154 # lib/server.bash sets it
    sanitize_sources=$server_checkout
    case $sanitize_kind in
        address) sanitizers=-fsanitize=address,undefined ;;
        valgrind) command -v valgrind >/dev/null || server_fail "valgrind is not installed" ;;
        *) server_fail "FKAUDIT_SANITIZE is address or valgrind, not $sanitize_kind" ;;
    esac
    # Warnings are no errors here: the sanitizers' code confuses the compiler's own analysis.
    # shellcheck disable=SC2034
    sanitize_build=("FKAUDIT_CXXFLAGS=-DFKAUDIT_MALLOC -O1 -g -fno-omit-frame-pointer $sanitizers")
    server_mirror "sanitize/$sanitize_kind"
    sanitize_wrap_server
}

# What the logs of all servers below the tree have of the sanitizer, which writes to standard error.
sanitize_found() {
    find "$SERVER_TREE" -name '*.log' -exec grep -hE -A 60 "$sanitize_pattern" {} + | grep -vE ' (LOG|STATEMENT|CONTEXT): '
}

sanitize_count() {
    find "$SERVER_TREE" -name '*.log' -exec grep -hE "$sanitize_pattern" {} + | wc -l
}

# A fault is planted in a session of its own, which may die of it.
sanitize_prove() {
    local kind kinds=() attempt
    case $sanitize_kind in
        address) kinds=('read behind a block' 'read of a freed block' 'write behind an array' 'shift too far') ;;
        valgrind) kinds=('read behind a block' 'read of a freed block' 'branch on a value never written') ;;
    esac
    createdb planted_faults
    server_psql --quiet --dbname=planted_faults --command='CREATE EXTENSION fkaudit_test' --command=CHECKPOINT
    for kind in "${kinds[@]}"; do
        sanitize_planted=$(sanitize_count)
        # More than once: the server may still be recovering from the fault before.
        for ((attempt = 0; attempt < 60; ++attempt)); do
            server_psql --quiet --dbname=planted_faults --command="SELECT plant_fault('$kind')" >/dev/null 2>&1 || true
            (($(sanitize_count) > sanitize_planted)) && break
            sleep 0.5
        done
        if ((attempt == 60)); then
            echo "sanitize: $sanitize_kind did not see a planted $kind"
            return 1
        fi
    done
    until server_psql --quiet --command='SELECT' >/dev/null 2>&1; do sleep 0.5; done
    dropdb planted_faults
    # What follows is read from a new log.
    server_stop
    mv "$SERVER_DATA/server.log" "$SERVER_DATA/planted_faults"
    server_start
    echo "sanitize: $sanitize_kind sees ${#kinds[@]} of ${#kinds[@]} planted faults"
}

sanitize_judge() {
    if (($(sanitize_count) == 0)); then
        echo "sanitize: $sanitize_kind has nothing to report"
        return
    fi
    sanitize_found >"$sanitize_sources/build/sanitize/report"
    echo "sanitize: $sanitize_kind reports:"
    head -n 200 "$sanitize_sources/build/sanitize/report"
    echo "sanitize: all of it is in build/sanitize/report"
    return 1
}
