#!/bin/bash
# Objectives are measured against the incident, from the best evidence that the backup has
. "$(dirname "$0")/lib.sh"

echo "== met"
shop_plan "$DUMPS/shop.dump" '.objectives = {rpo: "2h", rto: "10m"}'
drill "$T/plan.json" 0
holds '.rpo.verdict == "pass" and .rto.verdict == "pass"'
holds '.rpo.measuredMs > 0 and .rpo.measuredMs < 7200000 and .rpo.basis == "archive header"'
holds '[.rpo.evidence[] | select(.counted == false) | .basis] | any(contains("orders"))'
holds '.rto.measuredMs >= ([.phases[].durationMs] | max)'
holds '[.phases[] | select(.durationMs <= 0)] == []'
holds '[.phases[].name] | contains(["locate", "provision", "restore", "checks", "application"])'
holds '.rto.representative == false'

echo "== the dump is too old for the objective, and nothing else is wrong"
cp "$DUMPS/shop.sql" "$T/shop-20240101T030000Z.sql"
shop_plan "$T/shop-20240101T030000Z.sql" '.objectives = {rpo: "1h", rto: "10m"}'
drill "$T/plan.json" 1
only_fails objectives

echo "== too slow, with the time that people need"
shop_plan "$DUMPS/shop.dump" '.objectives = {rto: "10m", declare: "11m"}'
drill "$T/plan.json" 1
only_fails objectives
holds '.rto.measuredMs > 660000'

echo "== an incident before the backup was made"
shop_plan "$DUMPS/shop.dump" '.objectives = {rpo: "2h"} | .checks = [{check: "ready"}]'
drill "$T/plan.json" 1 --target 2020-01-01T00:00:00Z
verdict restore fail
told 'the oldest is'

echo "== a file's time is evidence of last resort and is named so"
grep -v '^-- Started on\|^-- Completed on' "$DUMPS/shop.sql" >"$T/dump.sql"
shop_plan "$T/dump.sql" '.objectives = {rpo: "2h"} | .checks = [{check: "ready"}]'
"$REDRILL" run "$T/plan.json" --out "$OUT" --state "$STATE" --unsigned >"$T/stdout" 2>"$T/stderr" || true
nothing_left
holds '[.rpo.evidence[].basis] | any(contains("last resort"))'
