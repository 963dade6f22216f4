#!/bin/bash
# Each kind of damaged backup fails by exactly the check that is there for it
. "$(dirname "$0")/lib.sh"

# Questions about what no other check looks at, and what the shop expects of its server.
MORE_CHECKS='(.checks[] | select(.check == "ready") | .encoding) = "UTF8" | .checks += [
    {check: "sql", name: "owners", value: "0", query: "SELECT count(*) FROM pg_class WHERE relkind = '"'r'"'
        AND relnamespace IN ('"'public'::regnamespace, 'finance'::regnamespace"') AND pg_get_userbyid(relowner) <> '"'shop_owner'"'"},
    {check: "sql", name: "views", value: "t", query: "SELECT count(*) > 0 FROM public.order_totals"},
    {check: "sql", name: "report", value: "t", query: "SELECT relispopulated FROM pg_class WHERE relname = '"'daily_sales'"'"},
    {check: "sql", name: "policies", value: "2", query: "SELECT count(*) FROM pg_policy"},
    {check: "sql", name: "triggers", value: "2", query: "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"},
    {check: "sql", name: "manuals", empty: true, query: "SELECT p.id FROM public.products p
        WHERE manual IS NOT NULL AND NOT EXISTS (SELECT FROM pg_largeobject_metadata m WHERE m.oid = p.manual)"}]'

# at_least GROUP: it fails, whatever else does.
at_least() {
    holds '.verdict == "fail"'
    verdict "$1" fail
}

# judge GROUPS SUBJECT
judge() {
    local group
    case $1 in
    *+) at_least "${1%+}" ;;
    *) only_fails "$1" ;;
    esac
    if [ "$2" != - ]; then
        group=${1%+}
        # A sql check has one finding; its group's name is what the table gives.
        if [ "$2" != "$group" ]; then
            finding "$group" "$2" fail
        fi
    fi
}

# fault KIND DAMAGE: makes the damaged backup and its plan.
fault() {
    out=$T/damaged.sql
    case $1 in
    make)
        eval "$2"
        shop_plan "$out" "$MORE_CHECKS"
        ;;
    globals)
        eval "$2"
        shop_plan "$DUMPS/shop.dump" "$MORE_CHECKS | .source.globals = \$out" --arg out "$out"
        ;;
    sql)
        damaged damaged <<<"$2"
        pg_dump damaged -Fc -f "$T/damaged.dump"
        shop_plan "$T/damaged.dump" "$MORE_CHECKS"
        ;;
    plan) shop_plan "$DUMPS/shop.dump" "$MORE_CHECKS | $2" ;;
    *) fail "unknown kind of fault: $1" ;;
    esac
}

echo "== healthy"
shop_plan "$DUMPS/shop.dump" "$MORE_CHECKS"
drill "$T/plan.json" 0
all_good

missed=()
while IFS=$'\t' read -r -u 3 id family kind groups subject title damage; do
    case $id in \#* | '') continue ;; esac
    echo "== $id ($family): $title"
    fault "$kind" "$damage"
    # Every row is tried, so that one that is missed does not hide another.
    (
        trap - EXIT
        drill "$T/plan.json" 1
        judge "$groups" "$subject"
    ) || missed+=("$id")
done 3<"$TOP/fixtures/faults.tsv"
[ ${#missed[@]} = 0 ] || fail "not caught as they should be: ${missed[*]}"
