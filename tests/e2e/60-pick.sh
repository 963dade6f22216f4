#!/bin/bash
# newest, oldest and random choose the dump that the plan means, whatever the files' times say
. "$(dirname "$0")/lib.sh"

# Three dumps whose file times tell the opposite of what is inside.
mkdir "$T/backups"
for day in 1 2 3; do
    [ "$day" = 1 ] || sleep 1.1
    pg_dump shop -Fc -t promotions -f "$T/backups/shop-$day.dump"
    touch -d "2026-01-0$((4 - day))" "$T/backups/shop-$day.dump"
done
shop_plan 'backups/shop-*.dump' '.checks = [{check: "ready"}]'

picked() {
    drill "$T/plan.json" 0 --set "source.pick=$1"
    ask .backup.name
}

case $(picked newest) in
*shop-3.dump) ;;
*) fail "newest is $(ask .backup.name)" ;;
esac
case $(picked oldest) in
*shop-1.dump) ;;
*) fail "oldest is $(ask .backup.name)" ;;
esac
picked random
holds '.backup.seed | test("^[0-9]+$")'
holds '.backup.picked | test("3")'

echo "== a file's name says when, where its content does not"
rm "$T"/backups/*
for day in 03 01 02; do
    cp "$DUMPS/shop.sql" "$T/backups/shop-202511${day}T040000Z.sql"
done
drill "$T/plan.json" 0 --set 'source.path=backups/shop-*.sql' --set source.pick=newest
case $(ask .backup.name) in
*shop-20251103T040000Z.sql) ;;
*) fail "newest is $(ask .backup.name)" ;;
esac
holds '.backup.createdAt == "2025-11-03T04:00:00.000Z"'
