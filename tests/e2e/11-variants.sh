#!/bin/bash
# --inserts, --clean --create, several databases and a whole cluster's dump are normal input
. "$(dirname "$0")/lib.sh"

variant() {
    echo "== $1"
    shift
    drill "$T/plan.json" 0 "$@"
    all_good
}

pg_dump shop --inserts --rows-per-insert 50 -f "$T/inserts.sql"
shop_plan "$T/inserts.sql"
variant inserts

pg_dump shop --column-inserts --no-comments -f "$T/columns.sql"
shop_plan "$T/columns.sql"
variant column-inserts

pg_dump shop --clean --if-exists --create -f "$T/create.sql"
shop_plan "$T/create.sql"
variant 'clean and create, plain'

# --clean without --if-exists drops what is not there yet: that is no damage.
pg_dump shop --clean --create -f "$T/clean.sql"
shop_plan "$T/clean.sql"
variant 'clean and create without if-exists, plain'

pg_dump shop -Fc --clean --create -f "$T/create.dump"
shop_plan "$T/create.dump"
variant 'clean and create, custom'

pg_dump shop -j 2 -Fd -Z 0 -f "$T/parallel.dir"
shop_plan "$T/parallel.dir"
variant 'directory without compression'

pg_dump shop -Fc -Z 0 -f "$T/stored.dump"
shop_plan "$T/stored.dump"
variant 'custom without compression'

pg_dump shop --serializable-deferrable --quote-all-identifiers --encoding SQL_ASCII -f "$T/quoted.sql"
shop_plan "$T/quoted.sql"
variant 'quoted identifiers'

echo "== large objects"
shop_plan "$DUMPS/shop.sql" '.checks = [{check: "sql", value: 5,
    query: "SELECT count(*) FROM pg_largeobject_metadata WHERE lomowner = '"'shop_owner'"'::regrole"},
    {check: "sql", value: 9600, query: "SELECT sum(length(lo_get(oid))) FROM pg_largeobject_metadata"}]'
drill "$T/plan.json" 0
pg_dump shop --no-blobs -f "$T/no-blobs.sql"
drill "$T/plan.json" 1 --set "source.path=$T/no-blobs.sql"

echo "== several databases in one dump of the cluster"
pg_dumpall -f "$T/all.sql"
shop_plan "$T/all.sql" 'del(.source.globals) | .instance.database = "shop"
    | .checks += [{check: "row_counts", name: "other", database: "hostile", tables: {"public.orders": {min: 100}}}]'
variant 'pg_dumpall'
verdict other pass

echo "== a cluster's dump that ends after its first databases"
line=$(grep -n '^-- PostgreSQL database dump complete' "$T/all.sql" | sed -n '2{s/:.*//;p}')
head -n $((line + 2)) "$T/all.sql" >"$T/few.sql"
drill "$T/plan.json" 1 --set "source.path=$T/few.sql"

echo "== another encoding and collation"
sql -d postgres -c "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
sql -d latin -c "CREATE TABLE words AS SELECT 'Stra' || chr(223) || 'e' AS word"
for dump in latin.sql latin.dump; do
    pg_dump latin ${dump#latin.sql} -f "$T/$dump" 2>/dev/null || pg_dump latin -Fc -f "$T/$dump"
    shop_plan "$T/$dump" 'del(.source.globals) | .checks = [
        {check: "sql", query: "SELECT length(word) FROM public.words", value: "6"},
        {check: "sql", query: "SELECT getdatabaseencoding()", value: "LATIN1"}]'
    variant "$dump"
done
