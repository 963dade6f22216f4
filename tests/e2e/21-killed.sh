#!/bin/bash
# After SIGKILL in any phase, reap leaves no process, no folder and no shared memory
. "$(dirname "$0")/lib.sh"
. "$TOP/tests/e2e/phases.sh"

kill_in() {
    start_drill_to "$1"
    kill -KILL "$BACKGROUND"
    wait "$BACKGROUND" 2>/dev/null || true
}

for phase in "${PHASES[@]}"; do
    echo "== SIGKILL in phase $phase, then reap"
    kill_in "$phase"
    run_redrill 0 reap --state "$STATE"
    nothing_left
done

echo "== SIGKILL, then the next drill"
kill_in checks
shop_plan "$DUMPS/shop.dump" '.checks = [{check: "ready"}]'
drill "$T/plan.json" 0

echo "== reap of nothing"
run_redrill 0 reap --state "$STATE"
run_redrill 0 reap --state "$T/never-used"
