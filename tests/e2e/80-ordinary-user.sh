#!/bin/bash
# Everything works as an ordinary user too, with a source cluster, drills and reap of its own
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip "already runs as an ordinary user"

# A copy that the user can reach, wherever this one lies.
user=$(server_user)
home=$(mktemp -d /tmp/redrill-user.XXXXXX)
also_clean_up() {
    rm -rf "$home"
}
chmod 0755 "$home"
mkdir "$home/tree" "$home/shared"
cp "$REDRILL" "$SHOP_APP" "$home"
(cd "$TOP" && cp -r --parents tests/e2e fixtures ci drills/plans "$home/tree")
chown "$user" "$home" "$home/shared"

as_user() {
    (cd "$home" && as_server env -i PATH="$PATH" HOME="$home/shared" REDRILL="$home/redrill" \
        E2E_SHARED="$home/shared" "$@")
}
status=0
as_user "$home/tree/tests/e2e/source" start "$home/shared" || fail "no source cluster"
for script in 10-formats 21-killed 31-unreadable-backup 34-application 40-evidence; do
    echo "== $script as $user"
    as_user "$home/tree/tests/e2e/$script.sh" || status=$?
done
as_user "$home/tree/tests/e2e/source" stop "$home/shared"
[ "$status" = 0 ] || fail "a script failed as $user"
