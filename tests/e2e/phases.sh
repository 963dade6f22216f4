# Drills that stop in a chosen phase, for scripts that end them there; sourced after lib.sh.
# shellcheck shell=bash

# shellcheck disable=SC2034 # for the scripts
PHASES=(lease provision restore checks application)

has_lease() {
    compgen -G "$STATE/leases/*.json"
}

has_data_folder() {
    compgen -G "$STATE/work/*/data/PG_VERSION"
}

# has_process PATTERN: one of the drill's, by its name and arguments; a session of a server tells in
# its title which statement it executes.
has_process() {
    local pid
    for pid in $(drill_processes); do
        if tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qE "$1"; then
            return 0
        fi
    done
    return 1
}

runs_query() {
    has_process '\[local\] (SELECT|FETCH|MOVE)'
}

runs_application() {
    has_process '/shop-app'
}

# start_drill_to PHASE: in the background, as $BACKGROUND, up to that phase.
start_drill_to() {
    local dump=$DUMPS/shop.dump checks='[{check: "ready"}]' reached
    case $1 in
    lease) reached=has_lease ;;
    provision) reached=has_data_folder ;;
    restore)
        reached=runs_query
        dump=$T/slow.sql
        # After the first table's rows.
        sed '0,/^\\\.$/s//\\.\nSELECT pg_catalog.pg_sleep(300);/' "$DUMPS/shop.sql" >"$dump"
        ;;
    checks)
        reached=runs_query
        checks='[{check: "sql", query: "SELECT pg_sleep(300)", rows: 1}]'
        ;;
    application)
        reached=runs_application
        checks='[.checks[] | select(.check == "http") | .app.env.SHOP_HANG = "start" | .app.env.SHOP_FORK = "session"]'
        ;;
    esac
    shop_plan "$dump" ".checks = $checks"
    rm -rf "$OUT"
    in_background "$REDRILL" run "$T/plan.json" --out "$OUT" --state "$STATE" --unsigned \
        >"$T/stdout" 2>"$T/stderr" </dev/null
    wait_until 30 "$reached"
    remember_shared_memory
}
