#!/bin/bash
# A backup that cannot be read is the machine's fault, not the backup's: status 2
. "$(dirname "$0")/lib.sh"

unreadable() {
    echo "== $1"
    shop_plan "$1"
    drill "$T/plan.json" 2
    error_says "$(basename "$1" | sed 's/[.*]/\\&/g')"
    holds '.verdict == "error"'
}

unreadable "$T/missing.dump"

ln -s "$T/nowhere" "$T/dangling.dump"
unreadable "$T/dangling.dump"

ln -s "$T/loop.dump" "$T/loop.dump"
unreadable "$T/loop.dump"

# Neither a dump nor a folder, and reading it would wait for ever.
mkfifo "$T/pipe.dump"
unreadable "$T/pipe.dump"

unreadable "$T/none-*.dump"

echo "== the globals file is missing"
shop_plan "$DUMPS/shop.dump" '.source.globals = "missing-globals.sql"'
drill "$T/plan.json" 2
error_says 'missing-globals.sql'

if [ "$(id -u)" != 0 ]; then
    cp "$DUMPS/shop.dump" "$T/private.dump"
    chmod 000 "$T/private.dump"
    unreadable "$T/private.dump"
fi
