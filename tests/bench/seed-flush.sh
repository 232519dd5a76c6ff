#!/bin/sh
# The seed's delivery script: leave if RELAYHOST is locked, lock it, look for mail; none is there.
cd "$1" || exit 111
# shellcheck disable=SC2016 # for the inner shell
exec setlock -nX RELAYHOST sh -c '[ -z "$(ls Maildir/new)" ] || maildirsmtp Maildir "$1-" "$(cat RELAYHOST)" bench.test' sh "$1"
