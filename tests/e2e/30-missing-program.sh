#!/bin/bash
# What this machine lacks, a program or an extension, is named, and the drill ends with status 2
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

echo "== an extension is not installed here"
sed 's/EXISTS citext/EXISTS not_installed_here/' "$DUMPS/shop.sql" >"$T/extension.sql"
shop_plan "$T/extension.sql"
drill "$T/plan.json" 2
error_says 'not_installed_here'
