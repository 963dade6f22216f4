#!/bin/bash
# A dump that was cut short fails, in every format and wherever it was cut
. "$(dirname "$0")/lib.sh"

# Only the restore is to be judged: what the checks say about half a database is another question.
cut_fails() {
    local dump=$1
    shop_plan "$dump" '.checks = [{check: "ready"}]'
    drill "$T/plan.json" 1
    verdict restore fail
}

percent() {
    head -c $(($(stat -c %s "$1") * $2 / 100)) "$1" >"$3"
}

for dump in shop.sql shop.sql.gz shop.sql.zst shop.sql.lz4 shop.sql.xz shop.sql.bz2 \
    shop.dump shop.dump.gz shop.tar; do
    for part in 0 10 50 99; do
        echo "== $dump cut at $part %"
        percent "$DUMPS/$dump" $part "$T/$dump"
        cut_fails "$T/$dump"
    done
done

echo "== the last byte is missing"
for dump in shop.sql.gz shop.sql.zst shop.sql.lz4 shop.sql.xz shop.sql.bz2 shop.dump shop.dump.gz; do
    head -c -1 "$DUMPS/$dump" >"$T/$dump"
    cut_fails "$T/$dump"
done

# What psql takes without complaint: the dump ends between two statements, or within rows.
echo "== plain, cut at the end of a statement"
line=$(grep -n ';$' "$DUMPS/shop.sql" | sed -n '40{s/:.*//;p}')
head -n "$line" "$DUMPS/shop.sql" >"$T/statement.sql"
cut_fails "$T/statement.sql"
finding restore 'end of the dump' fail

echo "== plain, cut at the end of the last statement"
line=$(grep -n ';$' "$DUMPS/shop.sql" | tail -n 1 | sed 's/:.*//')
head -n "$line" "$DUMPS/shop.sql" >"$T/last.sql"
cut_fails "$T/last.sql"

echo "== plain, cut at the end of a row"
line=$(grep -n '^COPY public.orders ' "$DUMPS/shop.sql" | sed 's/:.*//')
head -n $((line + 100)) "$DUMPS/shop.sql" >"$T/rows.sql"
cut_fails "$T/rows.sql"

echo "== a valid gzip of half a dump"
head -n $((line + 100)) "$DUMPS/shop.sql" | gzip >"$T/half.sql.gz"
cut_fails "$T/half.sql.gz"

# A folder: every file of it counts.
for part in 0 10 50 99; do
    echo "== shop.dir with its biggest file cut at $part %"
    rm -rf "$T/shop.dir"
    cp -r "$DUMPS/shop.dir" "$T/shop.dir"
    # shellcheck disable=SC2012
    biggest=$(ls -S "$T/shop.dir" | head -n 1)
    percent "$DUMPS/shop.dir/$biggest" $part "$T/shop.dir/$biggest"
    cut_fails "$T/shop.dir"
done
for file in toc.dat "$biggest"; do
    echo "== shop.dir without $file"
    rm -rf "$T/shop.dir"
    cp -r "$DUMPS/shop.dir" "$T/shop.dir"
    rm "$T/shop.dir/$file"
    cut_fails "$T/shop.dir"
done
