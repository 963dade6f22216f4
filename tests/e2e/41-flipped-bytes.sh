#!/bin/bash
# A signed report of which any byte was changed does not verify
. "$(dirname "$0")/lib.sh"

run_redrill 0 keygen --out "$T/key.pem"
shop_plan "$DUMPS/shop.dump" '.signing.key = {file: $key} | .checks = [{check: "ready"}]' --arg key "$T/key.pem"
run_redrill 0 run "$T/plan.json" --out "$OUT" --state "$STATE"
evidence=$OUT/audit.dsse.json
run_redrill 0 verify "$evidence" --key "$T/key.pem.pub"

# Bytes from the beginning to the end, each with one bit flipped. (A unit test flips every bit of one
# envelope.)
size=$(stat -c %s "$evidence")
mapfile -t bytes < <(od -An -v -w1 -tu1 "$evidence" | tr -d ' ')
cp "$evidence" "$T/flipped.json"

# write_byte OFFSET BYTE
write_byte() {
    # shellcheck disable=SC2059
    printf "\\$(printf %03o "$2")" | dd of="$T/flipped.json" bs=1 seek="$1" conv=notrunc status=none
}

for at in $(seq 0 69) $(seq 70 $((size / 61)) $((size - 141))) $(seq $((size - 140)) $((size - 1))); do
    write_byte "$at" $((bytes[at] ^ 1 << at % 8))
    if "$REDRILL" verify "$T/flipped.json" --key "$T/key.pem.pub" >"$T/stdout" 2>"$T/stderr"; then
        cat "$T/stdout"
        fail "byte $at of $size was changed and the report verifies"
    fi
    write_byte "$at" "${bytes[at]}"
done
cmp "$evidence" "$T/flipped.json"

echo "== cut, or continued"
head -c $((size / 2)) "$evidence" >"$T/flipped.json"
if "$REDRILL" verify "$T/flipped.json" --key "$T/key.pem.pub" 2>/dev/null; then fail "half verifies"; fi
{ cat "$evidence"; echo '{}'; } >"$T/flipped.json"
if "$REDRILL" verify "$T/flipped.json" --key "$T/key.pem.pub" 2>/dev/null; then fail "more verifies"; fi
