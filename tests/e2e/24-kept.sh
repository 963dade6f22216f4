#!/bin/bash
# An instance that was kept answers until reap is told to remove what was kept
. "$(dirname "$0")/lib.sh"

shop_plan "$DUMPS/shop.dump"
run_redrill 0 run "$T/plan.json" --out "$OUT" --state "$STATE" --unsigned --keep
remember_shared_memory
socket=$(echo "$STATE"/work/*/run)
[ -S "$socket/.s.PGSQL.5432" ] || fail "no socket in $socket"
[ "$(PGHOST=$socket sql -d shop -c 'SELECT count(*) > 0 FROM orders')" = t ] || fail "no orders"

run_redrill 0 reap --state "$STATE"
[ "$(PGHOST=$socket sql -d shop -c 'SELECT 1')" = 1 ] || fail "reap without --kept removed it"
run_redrill 0 reap --kept --state "$STATE"
nothing_left
