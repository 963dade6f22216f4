#!/bin/bash
# A signed report verifies with redrill, with openssl and jq alone, and only with the right key
. "$(dirname "$0")/lib.sh"

# The fingerprint that ssh-keygen prints for a key, from the key's bytes.
fingerprint() {
    local der=$T/public.der
    openssl pkey -pubin -in "$1" -outform DER -out "$der"
    case $2 in
    ed25519)
        { printf '\0\0\0\013ssh-ed25519\0\0\0\040'; tail -c 32 "$der"; } | base64 -w 0 |
            sed 's/^/ssh-ed25519 /'
        ;;
    ecdsa-p256) ssh-keygen -i -m PKCS8 -f "$1" ;;
    esac | ssh-keygen -l -f - | cut -d ' ' -f 2
}

for type in ed25519 ecdsa-p256; do
    echo "== $type"
    run_redrill 0 keygen --out "$T/$type.pem" --type "$type"
    [ "$(stat -c %a "$T/$type.pem")" = 600 ] || fail "the private key can be read by others"
    shop_plan "$DUMPS/shop.dump" '.signing.key = {file: $key} | .checks = [{check: "ready"}, {check: "foreign_keys"}]' \
        --arg key "$T/$type.pem"
    rm -rf "$OUT"
    run_redrill 0 run "$T/plan.json" --out "$OUT" --state "$STATE"
    nothing_left
    evidence=$OUT/audit.dsse.json

    run_redrill 0 verify "$evidence" --key "$T/$type.pem.pub"
    "$TOP/ci/verify-evidence.sh" "$evidence" "$T/$type.pem.pub" >"$T/foreign" || fail "openssl does not verify it"
    grep -q "$(sha256sum <"$DUMPS/shop.dump" | cut -c 1-64)" "$T/foreign" || fail "the subject is not the dump"
    [ "$(jq -r '.signatures[0].keyid' "$evidence")" = "$(fingerprint "$T/$type.pem.pub" "$type")" ] ||
        fail "the key id is not the key's SSH fingerprint"

    # What was signed is the record, whole.
    diff <(jq -r .payload "$evidence" | base64 -d | jq -S .predicate) <(jq -S . "$OUT/record.json") ||
        fail "the signed record is another one"
    run_redrill 0 render "$evidence" --reporter record
    diff <(jq -S . "$T/stdout") <(jq -S . "$OUT/record.json")
done

echo "== another key"
run_redrill 0 keygen --out "$T/other.pem"
run_redrill 1 verify "$evidence" --key "$T/other.pem.pub"
run_redrill 1 verify "$evidence" --key "$T/ed25519.pem.pub"
if "$TOP/ci/verify-evidence.sh" "$evidence" "$T/other.pem.pub" >/dev/null 2>&1; then
    fail "openssl accepts another key"
fi

echo "== without a key nothing is proven"
run_redrill 64 verify "$evidence"

echo "== a plan without a key is refused"
shop_plan "$DUMPS/shop.dump" '.checks = [{check: "ready"}]'
run_redrill 64 run "$T/plan.json" --out "$OUT" --state "$STATE"
grep -q -- '--unsigned' "$T/stderr" || fail "the refusal does not name --unsigned"
nothing_left

echo "== an encrypted key"
export DRILL_PASSPHRASE='correct horse'
run_redrill 0 keygen --out "$T/locked.pem" --passphrase-env DRILL_PASSPHRASE
grep -q ENCRYPTED "$T/locked.pem" || fail "the key is not encrypted"
shop_plan "$DUMPS/shop.dump" '.checks = [{check: "ready"}]
    | .signing = {key: {file: $key}, passphrase: {env: "DRILL_PASSPHRASE"}}' --arg key "$T/locked.pem"
rm -rf "$OUT"
run_redrill 0 run "$T/plan.json" --out "$OUT" --state "$STATE"
run_redrill 0 verify "$OUT/audit.dsse.json" --key "$T/locked.pem.pub"

echo "== a wrong passphrase is told before anything is restored"
export DRILL_PASSPHRASE='wrong horse'
rm -rf "$OUT"
run_redrill 2 run "$T/plan.json" --out "$OUT" --state "$STATE"
told 'passphrase'
told 'hint:'
nothing_left
