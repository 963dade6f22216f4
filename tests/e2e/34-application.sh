#!/bin/bash
# An application that hangs, floods, forks or ignores SIGTERM is ended with all its processes
. "$(dirname "$0")/lib.sh"

# application STATUS ENVIRONMENT [READY]: only the http check, with a misbehaving application.
application() {
    local expected=$1 mischief=$2
    echo "== $mischief"
    shop_plan "$DUMPS/shop.dump" '.checks = [.checks[] | select(.check == "http")
        | .app.env[$name] = $value | .ready = {get: "/health", timeout: "3s"} | .requests[].timeout = "2s"]' \
        --arg name "${mischief%%=*}" --arg value "${mischief#*=}"
    drill "$T/plan.json" "$expected"
}

application 2 SHOP_HANG=start
holds '.verdict == "error"'
error_says 'did not answer in time'

application 2 SHOP_HANG=health
holds '.verdict == "error"'

application 1 SHOP_FAIL=500
only_fails http

application 0 SHOP_HANG=stop
application 0 SHOP_FORK=1
application 0 SHOP_FORK=session

application 0 SHOP_NOISE=1
if grep -rq 'noise' "$OUT/record.json" "$OUT/junit.xml"; then
    fail "the application's output entered a report"
fi

echo "== an answer that comes late"
shop_plan "$DUMPS/shop.dump" '.checks = [.checks[] | select(.check == "http")
    | .app.env.SHOP_DELAY_MS = "400" | .requests = [{get: "/health", expect: {max_latency: "100ms"}}]]'
drill "$T/plan.json" 1
only_fails http
