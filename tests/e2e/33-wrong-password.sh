#!/bin/bash
# A server that refuses the password gives status 2, and no message or report tells the password
. "$(dirname "$0")/lib.sh"

echo right >"$T/password"
chmod 0644 "$T/password"
also_clean_up() {
    cluster_stop "$T/scram"
}
AUTH=scram-sha-256 PWFILE=$T/password cluster_start "$T/scram"

export SHOP_SECRET="postgresql://postgres:swordfish-7@/postgres?host=$T/scram"
jq -n '{name: "locked", source: {provider: "existing", connection: {env: "SHOP_SECRET"}}, checks: [{check: "ready"}]}' \
    >"$T/plan.json"
drill "$T/plan.json" 2
error_says 'password authentication failed'
if grep -r swordfish-7 "$OUT" "$T/stdout" "$T/stderr" "$STATE" 2>/dev/null; then
    fail "the password was told"
fi

echo "== the right one"
export SHOP_SECRET="postgresql://postgres:right@/postgres?host=$T/scram"
drill "$T/plan.json" 0

echo "== nobody answers"
cluster_stop "$T/scram"
drill "$T/plan.json" 2
error_says "$T/scram"
