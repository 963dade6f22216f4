#!/bin/bash
# Tables with quotes, newlines, markup and other scripts in their names are normal input
. "$(dirname "$0")/lib.sh"

hostile_plan() {
    jq -n --arg dump "$1" --arg globals "$DUMPS/globals.sql" \
        --arg table '"]]><script>alert(1)</script>&amp;"."]]>; DROP TABLE orders; --"' \
        --arg column $'"when; it\'s\ttabbed"' '{
        name: "hostile",
        source: {provider: "dump", path: $dump, globals: $globals},
        instance: {profile: "fast"},
        checks: [
            {check: "row_counts", tables: {($table): {exact: 10}, "*.*": {min: 0}}},
            {check: "foreign_keys"},
            {check: "freshness", table: $table, column: $column, max_age: "4h"},
            {check: "sql", name: "]]> <b>\"name\"\n%s", query: "SELECT 1", value: "1"}]}' >"$T/plan.json"
}

valid_reports() {
    jq -e . "$OUT/record.json" >/dev/null || fail "record.json is no JSON"
    xmllint --noout "$OUT/junit.xml" || fail "junit.xml is no XML"
    if [ -n "${REDRILL_SCHEMAS:-}" ]; then
        xmllint --noout --schema "$REDRILL_SCHEMAS/jenkins-junit-10.xsd" "$OUT/junit.xml"
        xmllint --xpath '//testsuite[1]' "$OUT/junit.xml" >"$T/suite.xml"
        xmllint --noout --schema "$REDRILL_SCHEMAS/surefire-test-report-3.0.2.xsd" "$T/suite.xml"
    fi
    # Nothing that came from the database may steer a terminal or write a line of its own.
    if grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$T/stdout" "$T/stderr"; then
        fail "control characters reached the terminal"
    fi
    # Every key that joins hostile tables was looked at under its own name.
    [ "$(xmllint --xpath 'count(//testcase[contains(@name, "]]>") or contains(@name, "花")])' "$OUT/junit.xml")" -ge 4 ] ||
        fail "the hostile names are not in junit.xml"
}

for dump in hostile.sql hostile.dump; do
    echo "== $dump"
    hostile_plan "$DUMPS/$dump"
    drill "$T/plan.json" 0
    all_good
    valid_reports
    holds '[.groups[] | select(.check == "foreign_keys") | .findings[] | select(.subject | contains("]]>") or contains("花"))] | length == 2'
done

echo "== the same, failing: an orphan, and a table too few"
sql -d postgres -c 'CREATE DATABASE hostile_damaged TEMPLATE hostile'
sql -d hostile_damaged <<'SQL'
ALTER TABLE "]]><script>alert(1)</script>&amp;"."]]>; DROP TABLE orders; --"
    DROP CONSTRAINT "key ]]> ""to"" <a>
parent";
UPDATE "]]><script>alert(1)</script>&amp;"."]]>; DROP TABLE orders; --" SET "a ""parent""" = 77;
ALTER TABLE "]]><script>alert(1)</script>&amp;"."]]>; DROP TABLE orders; --"
    ADD CONSTRAINT "key ]]> ""to"" <a>
parent" FOREIGN KEY ("a ""parent""")
    REFERENCES "a ""schema"" with 'quotes'"."parent
with a newline" NOT VALID;
DELETE FROM "Ünïcödé 花 🐘"."*?[a-z]{x} |&;$(id)";
DELETE FROM "]]><script>alert(1)</script>&amp;"."]]>; DROP TABLE orders; --" WHERE "<b>&lt;" = 1;
SQL
pg_dump hostile_damaged -f "$T/damaged.sql"
hostile_plan "$T/damaged.sql"
drill "$T/plan.json" 1
only_fails row_counts foreign_keys
valid_reports
