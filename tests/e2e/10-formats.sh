#!/bin/bash
# A healthy dump passes in every format, compressed or not, and each finding is a pass or a skip
. "$(dirname "$0")/lib.sh"

for dump in shop.sql shop.sql.gz shop.sql.zst shop.sql.lz4 shop.sql.xz shop.sql.bz2 \
    shop.dump shop.dump.gz shop.dir shop.tar; do
    echo "== $dump"
    shop_plan "$DUMPS/$dump"
    drill "$T/plan.json" 0
    all_good
    for group in restore quarantine ready row_counts foreign_keys freshness migrations ledger http; do
        verdict "$group" pass
    done

    # The evidence is about these bytes: of a file its digest, of a folder that of its listing.
    if [ -d "$DUMPS/$dump" ]; then
        digest=$(cd "$DUMPS/$dump" && LC_ALL=C sha256sum -- * | sha256sum)
    else
        digest=$(sha256sum <"$DUMPS/$dump")
    fi
    holds '.backup.sha256 == $digest' --arg digest "${digest%% *}"
done
