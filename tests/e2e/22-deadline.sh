#!/bin/bash
# A drill that takes longer than its plan allows ends with status 2, and nothing is left
. "$(dirname "$0")/lib.sh"

says_timeout() {
    holds '.verdict == "error"'
    holds '[.groups[].findings[] | select(.verdict == "error" and .cause == "timeout")] | length > 0'
    told 'took too long'
}

echo "== the restore hangs"
sed '0,/^\\\.$/s//\\.\nSELECT pg_catalog.pg_sleep(300);/' "$DUMPS/shop.sql" >"$T/slow.sql"
shop_plan "$T/slow.sql" '.timeout = "6s"'
drill "$T/plan.json" 2
says_timeout

echo "== a check hangs"
shop_plan "$DUMPS/shop.dump" '.timeout = "8s" | .checks = [{check: "sql", query: "SELECT pg_sleep(300)", rows: 1}]'
drill "$T/plan.json" 2
says_timeout

echo "== one check has less time than the drill, and the others are asked all the same"
shop_plan "$DUMPS/shop.dump" '.checks = [
    {check: "sql", name: "slow", query: "SELECT pg_sleep(300)", rows: 1, timeout: "1s"}, {check: "ready"}]'
drill "$T/plan.json" 2
verdict slow error
verdict ready pass
