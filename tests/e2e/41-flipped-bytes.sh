#!/bin/bash
# A signed report of which any byte was changed does not verify
. "$(dirname "$0")/lib.sh"

run_redrill 0 keygen --out "$T/key.pem"
shop_plan "$DUMPS/shop.dump" '.signing.key = {file: $key} | .checks = [{check: "ready"}]' --arg key "$T/key.pem"
run_redrill 0 run "$T/plan.json" --out "$OUT" --state "$STATE"
evidence=$OUT/audit.dsse.json
run_redrill 0 verify "$evidence" --key "$T/key.pem.pub"

# Every byte of the first and the last 400, and samples of what lies between, each with its lowest
# bit flipped. (All bytes of one envelope are flipped in a unit test.)
size=$(stat -c %s "$evidence")
cp "$evidence" "$T/flipped.json"
for at in $(seq 0 399) $(seq 400 $((size / 97 + 1)) $((size - 401))) $(seq $((size - 400)) $((size - 1))); do
    byte=$(od -An -tu1 -j "$at" -N 1 "$evidence" | tr -d ' ')
    write() {
        # shellcheck disable=SC2059
        printf "\\$(printf %03o "$1")" | dd of="$T/flipped.json" bs=1 seek="$at" conv=notrunc status=none
    }
    write $((byte ^ 1))
    if "$REDRILL" verify "$T/flipped.json" --key "$T/key.pem.pub" >"$T/stdout" 2>"$T/stderr"; then
        cat "$T/stdout"
        fail "byte $at of $size was changed and the report verifies"
    fi
    write "$byte"
done
cmp "$evidence" "$T/flipped.json"

echo "== cut, or continued"
head -c $((size / 2)) "$evidence" >"$T/flipped.json"
if "$REDRILL" verify "$T/flipped.json" --key "$T/key.pem.pub" 2>/dev/null; then fail "half verifies"; fi
{ cat "$evidence"; echo '{}'; } >"$T/flipped.json"
if "$REDRILL" verify "$T/flipped.json" --key "$T/key.pem.pub" 2>/dev/null; then fail "more verifies"; fi
