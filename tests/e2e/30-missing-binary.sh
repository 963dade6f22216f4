#!/bin/bash
# Without the server's programs the drill ends with status 2, and says which one is missing
. "$(dirname "$0")/lib.sh"

mkdir "$T/empty"
shop_plan "$DUMPS/shop.dump" '.instance.bindir = $empty' --arg empty "$T/empty"
drill "$T/plan.json" 2
error_says 'empty/postgres'
holds '.verdict == "error"'

echo "== one program of many is missing"
mkdir "$T/bin"
for program in "$PGBIN"/*; do
    ln -s "$program" "$T/bin/"
done
rm "$T/bin/pg_restore"
shop_plan "$DUMPS/shop.dump" '.instance.bindir = $bin' --arg bin "$T/bin"
drill "$T/plan.json" 2
error_says 'pg_restore'

echo "== the application is missing"
shop_plan "$DUMPS/shop.dump" '.checks = [.checks[] | select(.check == "http") | .app.command = ["/nonexistent/app"]]'
drill "$T/plan.json" 2
error_says '/nonexistent/app'
