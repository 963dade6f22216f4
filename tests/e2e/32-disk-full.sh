#!/bin/bash
# A disk that fills up during the restore is the machine's fault: status 2, and all is removed
. "$(dirname "$0")/lib.sh"

# A file system of its own, which is full before the dump is restored.
[ "$(id -u)" = 0 ] || skip "needs root to mount a small file system"
mkdir "$T/small"
mount -t tmpfs -o size=60m,mode=0711 redrill-e2e "$T/small" 2>/dev/null ||
    skip "this machine does not let root mount a tmpfs"
also_clean_up() {
    "$REDRILL" reap --kept --quiet --state "$STATE" >/dev/null || true
    umount "$T/small"
}
STATE=$T/small/state

{
    cat <<'SQL'
--
-- PostgreSQL database dump
--

-- Dumped from database version 15.1
-- Dumped by pg_dump version 15.1

SET client_encoding = 'UTF8';
CREATE TABLE public.filler (text text);
COPY public.filler (text) FROM stdin;
SQL
    seq -f 'row %010.0f that takes some room on the disk, as rows do' 1 1500000
    printf '\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n'
} >"$T/filler.sql"

shop_plan "$T/filler.sql" 'del(.source.globals) | .checks = [{check: "ready"}]'
drill "$T/plan.json" 2
error_says 'No space left on device'
