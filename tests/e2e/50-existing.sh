#!/bin/bash
# A server that somebody else restored is checked and left alone, and what is not proven is said
. "$(dirname "$0")/lib.sh"

existing_plan() {
    shop_plan unused "$1"' | del(.instance) | .source = {provider: "existing", connection: {env: "EXISTING"}}' "${@:2}"
}
activity() {
    sql -d postgres -c "SELECT system_identifier FROM pg_control_system()" \
        -c "SELECT count(*) FROM pg_stat_user_tables" -c "SELECT datname FROM pg_database ORDER BY 1"
}

export EXISTING="host=$PGHOST user=postgres dbname=shop"
before=$(activity)
existing_plan .
drill "$T/plan.json" 0
all_good
holds '.instance.removable == false'
holds '[.groups[] | select(.name == "quarantine") | .findings[] | select(.verdict == "skip")] | length > 0'
holds '.limits | length > 0'
holds '.rto.representative == false'
[ "$(activity)" = "$before" ] || fail "the server changed"

# The restore cannot refuse what is already there: keys of every kind over orphaned rows.
echo "== orphans below every kind of key"
damaged existing_orphans <<'SQL'
SET session_replication_role = replica;
DELETE FROM addresses WHERE customer_id = 7;
DELETE FROM categories WHERE slug = 'home';
DELETE FROM items WHERE (order_id, line) = (SELECT refunded_order, refunded_line FROM payments
                                            WHERE refunded_order IS NOT NULL LIMIT 1);
DELETE FROM prices WHERE product_id = 3 AND currency = 'EUR';
UPDATE events SET customer_id = 99999999 WHERE id = 5;
UPDATE payments SET refunded_line = NULL WHERE id = (SELECT max(id) FROM payments);
UPDATE finance.ledger_transactions SET payment_id = 99999999 WHERE id = 1;
UPDATE orders SET voucher = 'nonesuch' WHERE id = 1;
SQL
export EXISTING="host=$PGHOST user=postgres dbname=existing_orphans"
existing_plan '.checks = [{check: "foreign_keys"}]'
drill "$T/plan.json" 1
only_fails foreign_keys
for key in orders_customer_id_address_fkey customers_default_address_fkey categories_parent_id_fkey \
    products_category_id_fkey payments_refunded_fkey items_price_fkey events_customer_id_fkey \
    ledger_transactions_payment_id_fkey orders_voucher_fkey; do
    holds '[.groups[].findings[] | select(.verdict == "fail" and (.subject | contains($key)))] | length == 1' --arg key "$key"
done
for key in customers_referrer_id_fkey items_order_id_fkey ledger_entries_transaction_id_fkey \
    ledger_entries_account_code_fkey; do
    holds '[.groups[].findings[] | select(.verdict == "pass" and (.subject | contains($key)))] | length == 1' --arg key "$key"
done
holds '[.groups[].findings[] | .actual // "" | select(contains("nonesuch"))] == []'
