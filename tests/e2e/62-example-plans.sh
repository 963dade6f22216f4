#!/bin/bash
# Every example plan in drills/plans passes as it stands, beside the files that it names
. "$(dirname "$0")/lib.sh"

# The examples name their files relative to themselves.
mkdir -m 0755 "$T/plans" "$T/plans/backups"
cp "$TOP"/drills/plans/*.json "$T/plans"
cp "$DUMPS/shop.sql" "$DUMPS/shop.dump" "$DUMPS/globals.sql" "$DUMPS/baseline.json" "$T/plans/backups"
cp "$DUMPS/shop.sql.gz" "$T/plans/backups/shop-$(date -u +%Y%m%dT%H%M%SZ).sql.gz"
cp "$DUMPS/shop.sql.gz" "$T/plans/backups/shop-20250101T040000Z.sql.gz"
cp -r "$TOP/fixtures/shop/prisma" "$T/plans"
cp "$SHOP_APP" "$T/plans/shop-app"
mkdir "$T/plans/keys"
run_redrill 0 keygen --out "$T/plans/keys/drill.pem"
export RESTORED_DATABASE_URL="host=$PGHOST user=postgres dbname=shop"

for plan in "$T"/plans/*.json; do
    echo "== $(basename "$plan")"
    run_redrill 0 plan "$plan"
    rm -rf "$OUT"
    run_redrill 0 run "$plan" --out "$OUT" --state "$STATE"
    nothing_left
    all_good
    run_redrill 0 verify "$OUT/audit.dsse.json" --key "$T/plans/keys/drill.pem.pub"
done
