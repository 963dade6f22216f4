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
    for part in 10 50 99; do
        echo "== $dump cut at $part %"
        percent "$DUMPS/$dump" $part "$T/$dump"
        cut_fails "$T/$dump"
    done
done

echo "== an archive without its last byte"
head -c -1 "$DUMPS/shop.dump" >"$T/shop.dump"
cut_fails "$T/shop.dump"

# What psql takes without complaint: the dump ends between two statements, or within rows. The
# compressed file is whole; only what is in it is not.
line=$(grep -n ';$' "$DUMPS/shop.sql" | sed -n '40{s/:.*//;p}')
head -n "$line" "$DUMPS/shop.sql" >"$T/statement.sql"
for compress in cat gzip zstd lz4 xz bzip2; do
    echo "== plain, cut at the end of a statement, then $compress"
    $compress <"$T/statement.sql" >"$T/statement.compressed"
    cut_fails "$T/statement.compressed"
    told 'end'
done

echo "== plain, cut at the end of the last statement"
line=$(grep -n ';$' "$DUMPS/shop.sql" | tail -n 1 | sed 's/:.*//')
head -n "$line" "$DUMPS/shop.sql" >"$T/last.sql"
cut_fails "$T/last.sql"

echo "== plain, cut at the end of a row"
line=$(grep -n '^COPY public.orders ' "$DUMPS/shop.sql" | sed 's/:.*//')
head -n $((line + 100)) "$DUMPS/shop.sql" >"$T/rows.sql"
cut_fails "$T/rows.sql"

echo "== tar, cut at the end of a member"
size=$(tar -tvf "$DUMPS/shop.tar" --block-number | awk 'NR > 10 { sub(":", "", $2); print $2 * 512; exit }')
head -c "$size" "$DUMPS/shop.tar" >"$T/shop.tar"
cut_fails "$T/shop.tar"

# A folder: every file of it counts.
biggest=$(cd "$DUMPS/shop.dir" && find . -name '[0-9]*' -printf '%s %f\n' | sort -rn | sed -n '1s/.* //p')
for part in 0 10 50 99; do
    echo "== shop.dir with its biggest file cut at $part %"
    rm -rf "$T/shop.dir"
    cp -r "$DUMPS/shop.dir" "$T/shop.dir"
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
