# What every end-to-end script sources: a private folder, a drill and questions about its record,
# and cleanup on every path. The scripts run from anywhere, alone or under tests/e2e/run.
# shellcheck shell=bash

set -euo pipefail

: "${REDRILL:?the full path of the redrill to test}"
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=fixtures/cluster.sh
. "$TOP/fixtures/cluster.sh"
NAME=$(basename "$0" .sh)

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

skip() {
    echo "$*"
    exit 77
}

STARTED=() # processes of this script, to be ended by their number
cleanup() {
    local status=$? pid
    trap '' INT TERM
    for pid in "${STARTED[@]}"; do
        kill -KILL "$pid" 2>/dev/null || true
    done
    if declare -F also_clean_up >/dev/null; then
        also_clean_up || true
    fi
    if [ -d "$STATE" ]; then
        "$REDRILL" reap --kept --quiet --state "$STATE" >/dev/null || true
    fi
    rm -rf "$T"
    if [ "${E2E_ALONE:-}" = 1 ]; then
        "$TOP/tests/e2e/source" stop "$E2E_SHARED"
    fi
    exit "$status"
}

if [ -z "${E2E_SHARED:-}" ]; then
    E2E_SHARED=$(mktemp -d /tmp/redrill-e2e.XXXXXX)
    E2E_ALONE=1
    export E2E_SHARED
fi
T=$E2E_SHARED/${NAME%%-*}
STATE=$T/state
OUT=$T/out
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if [ "${E2E_ALONE:-}" = 1 ]; then
    "$TOP/tests/e2e/source" start "$E2E_SHARED"
fi
mkdir -m 0711 "$T"

# shellcheck disable=SC2034 # for the scripts
DUMPS=$E2E_SHARED/dumps
SHOP_APP=$E2E_SHARED/shop-app
PGHOST=$E2E_SHARED/source
PGUSER=postgres
PGPORT=5432
export PGHOST PGUSER PGPORT

# run_redrill STATUS ARGUMENT...: stdout and stderr go to $T/stdout and $T/stderr.
run_redrill() {
    local expected=$1 status=0
    shift
    "$REDRILL" "$@" >"$T/stdout" 2>"$T/stderr" </dev/null || status=$?
    if [ "$status" != "$expected" ]; then
        echo "--- redrill $*"
        cat "$T/stdout" "$T/stderr"
        fail "exit status $status instead of $expected"
    fi
}

# drill PLAN STATUS [OPTION...]: runs it unsigned and proves that nothing is left of it.
drill() {
    local plan=$1 expected=$2
    shift 2
    rm -rf "$OUT"
    run_redrill "$expected" run "$plan" --out "$OUT" --state "$STATE" --unsigned "$@"
    nothing_left
}

# ask FILTER [JQ-OPTION...]: a question to the record of the last drill.
ask() {
    local filter=$1
    shift
    jq -r "$@" "$filter" "$OUT/record.json"
}

# holds FILTER [JQ-OPTION...]: fails unless it is true of the record of the last drill.
holds() {
    local filter=$1
    shift
    jq -e "$@" "$filter" "$OUT/record.json" >/dev/null || {
        jq -c '.groups[] | {name, verdict}, (.findings[] | select(.verdict != "pass"))' "$OUT/record.json"
        fail "not true of the record: $filter $*"
    }
}

# finding GROUP SUBJECT VERDICT
finding() {
    local actual
    actual=$(ask '.groups[] | select(.name == $group) | .findings[] | select(.subject == $subject) | .verdict' \
        --arg group "$1" --arg subject "$2")
    if [ "$actual" != "$3" ]; then
        jq -c --arg group "$1" '.groups[] | select(.name == $group) | .findings[]' "$OUT/record.json"
        fail "finding '$2' of '$1' is '$actual' instead of '$3'"
    fi
}

# verdict GROUP VERDICT
verdict() {
    holds '[.groups[] | select(.name == $group) | .verdict] == [$verdict]' --arg group "$1" --arg verdict "$2"
}

# The drill passed, and no finding is anything but a pass or a reasoned skip.
all_good() {
    holds '.verdict == "pass"'
    holds '[.groups[].findings[] | select(.verdict == "fail" or .verdict == "error")] == []'
    holds '[.groups[].findings[] | select(.verdict == "pass")] | length > 0'
    holds '[.groups[].findings[] | select(.verdict == "skip" and .message == "")] == []'
}

# only_fails GROUP...: exactly these groups fail, and none is in error.
only_fails() {
    local groups
    groups=$(jq -nc '$ARGS.positional | sort' --args "$@")
    holds '.verdict == "fail"'
    holds '[.groups[] | select(.verdict == "fail") | .name] | sort == $groups' --argjson groups "$groups"
    holds '[.groups[] | select(.verdict == "error")] == []'
}

# told REGEX: it stands in what people read.
told() {
    cat "$T/stdout" "$T/stderr" >"$T/told"
    grep -qE -- "$1" "$T/told" || {
        cat "$T/told"
        fail "nobody is told '$1'"
    }
}

# error_says REGEX: that is the one error that is not a consequence of another, and it has a hint.
error_says() {
    told "$1"
    if [ -e "$OUT/record.json" ]; then
        holds '.verdict == "error"'
        holds '[.groups[].findings[] | select(.verdict == "error"
            and (.message | startswith("not known: there is no instance") | not))]
            | length == 1 and .[0].hint != null'
    else
        grep -q 'hint: ' "$T/stderr" || {
            cat "$T/told"
            fail "there is no hint"
        }
    fi
}

# Processes of drills in this test's state folder. PostgreSQL writes its title over its environment,
# so a server is known by its working folder, and the others by their home.
drill_processes() {
    {
        find /proc -maxdepth 2 -path '/proc/[0-9]*/cwd' -lname "$STATE/work/*" || true
        grep -lzF "HOME=$STATE/work/" /proc/[0-9]*/environ || true
    } 2>/dev/null | cut -d / -f 3 | sort -un
}

SHARED_MEMORY=() # of the servers that remember_shared_memory saw
remember_shared_memory() {
    local pidfile lines pid segment
    for pidfile in "$STATE"/work/*/data/postmaster.pid; do
        # Servers come and go: what is gone now has nothing to remember.
        mapfile -t lines 2>/dev/null <"$pidfile" || continue
        segment=${lines[6]:-} # key and number
        if [ -n "$segment" ]; then
            SHARED_MEMORY+=("${segment##* }")
        fi
        pid=${lines[0]:-0}
        while read -r segment; do
            SHARED_MEMORY+=("$segment")
        done < <(grep -o '/dev/shm/PostgreSQL[^ ]*' "/proc/${pid#-}/maps" 2>/dev/null | sort -u)
    done
}

# No process, no folder, no lease, and none of the shared memory that was seen.
nothing_left() {
    local left segment
    left=$(drill_processes)
    [ -z "$left" ] || fail "processes are left: $(for p in $left; do tr '\0' ' ' <"/proc/$p/cmdline"; done)"
    left=$(find "$STATE/leases" "$STATE/work" -mindepth 1 2>/dev/null | head -n 5)
    [ -z "$left" ] || fail "files are left: $left"
    for segment in "${SHARED_MEMORY[@]}"; do
        case $segment in
        /*) [ ! -e "$segment" ] || fail "shared memory $segment is left" ;;
        *) [ -z "$(awk -v id="$segment" '$2 == id' /proc/sysvipc/shm)" ] || fail "shared memory $segment is left" ;;
        esac
    done
    SHARED_MEMORY=()
}

# wait_until SECONDS COMMAND...: polls until the command succeeds.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || fail "waited in vain for: $*"
        sleep 0.05
    done
}

# in_background COMMAND...: its process number is in $BACKGROUND.
in_background() {
    "$@" &
    BACKGROUND=$!
    STARTED+=("$BACKGROUND")
}

sql() {
    PGOPTIONS='-c client_min_messages=warning' psql -X -q -At -v ON_ERROR_STOP=1 "$@"
}

# damaged NAME <SQL: a copy of the shop, changed by the statements on stdin.
damaged() {
    sql -d postgres -c "DROP DATABASE IF EXISTS \"$1\"" -c "CREATE DATABASE \"$1\" TEMPLATE shop"
    sql -d "$1"
}

MIGRATION=20251101070000_add_placed_at_index # the newest of the shop's
BASELINE=$E2E_SHARED/dumps/baseline.json

# shop_plan DUMP [FILTER [JQ-OPTION...]]: writes $T/plan.json, which asks a dump of the shop every
# kind of question, changed by a jq filter.
shop_plan() {
    local dump=$1 filter=${2:-.}
    shift $(($# < 2 ? $# : 2))
    jq -n --arg dump "$dump" --arg globals "$DUMPS/globals.sql" --arg baseline "$BASELINE" \
        --arg migration "$MIGRATION" --arg prisma "$TOP/fixtures/shop/prisma/migrations" \
        --arg app "$SHOP_APP" "$@" '{
    name: "shop",
    source: {provider: "dump", path: $dump, globals: $globals},
    instance: {profile: "fast"},
    checks: [
        {check: "ready"},
        {check: "row_counts", baseline: $baseline},
        {check: "foreign_keys"},
        {check: "freshness", table: "public.orders", column: "placed_at", max_age: "2h"},
        {check: "migrations", framework: "prisma", expect: $migration, dir: $prisma},
        {check: "sql", name: "ledger", query: "SELECT sum(amount) FROM finance.ledger_entries", value: "0.00"},
        {check: "http",
         app: {command: [$app], env: {DATABASE_URL: "${instance.url}"}},
         requests: [
             {get: "/health", expect: {status: 200, json: {"/status": "ok"}}},
             {get: "/integrity", expect: {status: 200, json: {"/orphaned_items": 0}}},
             {get: "/orders/1", expect: {status: 200}},
             {get: "/orders/999999999", expect: {status: 404}}]}
    ]} | '"$filter" >"$T/plan.json"
}
