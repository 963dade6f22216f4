#!/bin/bash
# Two drills run at once in one state folder, and reap beside them harms neither
. "$(dirname "$0")/lib.sh"

shop_plan "$DUMPS/shop.dump" '.checks += [{check: "sql", query: "SELECT 1 FROM pg_sleep(3)", rows: 1}]'
start() {
    in_background "$REDRILL" run "$T/plan.json" --out "$T/out-$1" --state "$STATE" --unsigned \
        >"$T/stdout-$1" 2>"$T/stderr-$1" </dev/null
}
two_leases() {
    [ "$(find "$STATE/leases" -name '*.json' | wc -l)" = 2 ]
}

start 1
first=$BACKGROUND
start 2
second=$BACKGROUND
wait_until 20 two_leases
sleep 1
run_redrill 0 reap --kept --state "$STATE"
two_leases || fail "reap removed the lease of a running drill"
wait "$first" || fail "the first drill failed: $(cat "$T/stdout-1" "$T/stderr-1")"
wait "$second" || fail "the second drill failed: $(cat "$T/stdout-2" "$T/stderr-2")"
nothing_left
[ "$(jq -r .drill.id "$T/out-1/record.json")" != "$(jq -r .drill.id "$T/out-2/record.json")" ] ||
    fail "two drills have one id"
