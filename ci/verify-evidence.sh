#!/bin/sh
# Verifies the signed report of a drill without redrill: with jq, base64 and openssl alone.
#
#     ci/verify-evidence.sh audit.dsse.json PUBLIC-KEY.pem
#
# Exit 0 and the signed statement on stdout when the holder of the key signed exactly that statement;
# else exit 1 and nothing on stdout. The key must come from the signer, never from beside the report.
# The statement's subjects can then be compared with what `sha256sum` prints for the backup.
# The format is DSSE 1.0: https://github.com/secure-systems-lab/dsse
set -eu

if [ $# -ne 2 ]; then
    echo "usage: verify-evidence.sh audit.dsse.json PUBLIC-KEY.pem" >&2
    exit 64
fi
envelope=$1
key=$2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "NOT VERIFIED: $1" >&2
    exit 1
}

type=application/vnd.in-toto+json
jq -e --arg type "$type" '.payloadType == $type and (.signatures | length) == 1' "$envelope" \
    >/dev/null 2>&1 || fail "this is not the signed report of a drill"
jq -j .payload "$envelope" | base64 -d >"$work/statement" || fail "the payload is not base64"
jq -j '.signatures[0].sig' "$envelope" | base64 -d >"$work/signature" ||
    fail "the signature is not base64"

# What is signed: the type and the statement, each after its length in bytes. It has to be a file,
# because openssl does not read it from a pipe for Ed25519.
{
    printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c <"$work/statement")"
    cat "$work/statement"
} >"$work/signed"

case $(openssl pkey -pubin -in "$key" -noout -text 2>/dev/null) in
ED25519*)
    openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "$work/signed" \
        -sigfile "$work/signature" >/dev/null 2>&1 || fail "the signature is not this key's"
    ;;
*"NIST CURVE: P-256"*)
    openssl dgst -sha256 -verify "$key" -signature "$work/signature" "$work/signed" \
        >/dev/null 2>&1 || fail "the signature is not this key's"
    ;;
*) fail "'$key' is not a public Ed25519 or ECDSA P-256 key in PEM" ;;
esac

echo "Verified: the key's holder signed the statement below." >&2
cat "$work/statement"
