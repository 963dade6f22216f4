#!/bin/sh
# Checks a signed report without redrill: ci/verify-evidence.sh audit.dsse.json PUBLIC-KEY.pem
#
# Needs jq, base64 and openssl 3. The key has to come from somewhere you trust: a key that arrives
# together with the report proves nothing. Prints the drill's verdict and the digest of the backup.
set -eu

envelope=$1
key=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

type=$(jq -er .payloadType "$envelope")
jq -er .payload "$envelope" | base64 -d >"$work/statement"
jq -er 'if (.signatures | length) == 1 then .signatures[0].sig else error("not one signature") end' \
    "$envelope" | base64 -d >"$work/signature"

# What was signed is not the statement alone (DSSE's pre-authentication encoding): the type and both
# lengths, in bytes, come first.
{
    printf 'DSSEv1 %d %s %d ' "$(printf %s "$type" | wc -c)" "$type" "$(wc -c <"$work/statement")"
    cat "$work/statement"
} >"$work/signed"

if openssl pkey -pubin -in "$key" -noout -text | head -n 1 | grep -q ED25519; then
    openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "$work/signed" \
        -sigfile "$work/signature" >&2
else
    openssl dgst -sha256 -verify "$key" -signature "$work/signature" "$work/signed" >&2
fi

jq -r '"drill \(.predicate.drill.id): \(.predicate.verdict)",
       (.subject[] | "\(.digest.sha256)  \(.name)")' "$work/statement"
