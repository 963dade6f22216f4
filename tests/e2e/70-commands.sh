#!/bin/bash
# plan tells all faults at once with their paths and touches nothing; list and schema agree with it
. "$(dirname "$0")/lib.sh"

echo "== a valid plan"
shop_plan "$DUMPS/shop.dump"
run_redrill 0 plan "$T/plan.json"

echo "== all faults at once"
cat >"$T/faulty.json" <<'JSON'
// A plan with comments, and with faults.
{
    "name": "bad name!",
    "source": { "provider": "dump", "pth": "x.dump" },
    "objectives": { "rpo": "-15m", "rtto": "2h" },
    "checks": [
        { "check": "freshness", "table": "public.orders", "column": "placed_at", "max_agee": "15m" },
        { "check": "row_count" }
    ],
    "timeout": "soon"
}
JSON
run_redrill 64 plan "$T/faulty.json"
for path in '$.name' '$.source' '$.objectives.rpo' '$.objectives.rtto' '$.checks\[0\]' '$.checks\[1\]' '$.timeout'; do
    grep -q -- "$path" "$T/stdout" "$T/stderr" || {
        cat "$T/stdout" "$T/stderr"
        fail "no fault at $path"
    }
done
for nearest in path rto max_age row_counts; do
    grep -q "did you mean '$nearest'" "$T/stdout" "$T/stderr" || {
        cat "$T/stdout" "$T/stderr"
        fail "'$nearest' is not suggested"
    }
done
run_redrill 64 run "$T/faulty.json" --out "$OUT" --state "$STATE" --unsigned
[ ! -e "$STATE" ] || nothing_left

echo "== the schema accepts what plan accepts"
run_redrill 0 schema
jq -e '."$schema" and .properties.source and .properties.checks' "$T/stdout" >/dev/null || fail "no schema of plans"
run_redrill 0 schema --record
jq -e '.properties.groups' "$T/stdout" >/dev/null || fail "no schema of records"

echo "== list names every module"
run_redrill 0 list
for name in dump existing ready row_counts foreign_keys freshness migrations sql http console junit audit; do
    grep -qw "$name" "$T/stdout" || fail "list does not name $name"
done

echo "== unknown commands and options name the nearest"
run_redrill 64 rum x
grep -q "'redrill run'" "$T/stderr" || fail "run is not suggested"
run_redrill 64 run "$T/plan.json" --unsinged
grep -q -- '--unsigned' "$T/stderr" || fail "--unsigned is not suggested"
run_redrill 64 plan

for command in run plan list schema verify render reap keygen; do
    run_redrill 0 "$command" --help
    grep -q "usage: redrill $command" "$T/stdout" || fail "$command --help"
done
