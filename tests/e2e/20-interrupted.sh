#!/bin/bash
# SIGINT and SIGTERM in any phase end the drill with status 2, and nothing is left
. "$(dirname "$0")/lib.sh"
. "$TOP/tests/e2e/phases.sh"

for phase in "${PHASES[@]}"; do
    for signal in INT TERM; do
        echo "== SIG$signal in phase $phase"
        start_drill_to "$phase"
        kill -"$signal" "$BACKGROUND"
        status=0
        wait "$BACKGROUND" || status=$?
        [ "$status" = 2 ] || fail "exit status $status instead of 2: $(cat "$T/stderr")"
        nothing_left
        holds '.verdict == "error"'
    done
done
