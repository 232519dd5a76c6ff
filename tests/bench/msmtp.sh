#!/bin/sh
# msmtp.sh PORT: a Maildir sent by msmtp, as its users do it: one call, one connection a message.
for file in Maildir/new/*; do
	sed 1,2d "$file" | msmtp --file=/dev/null --host=127.0.0.1 --port="$1" --domain=bench.test --auth=off --tls=off \
		--from=sender@elsewhere.test user@bench.test && rm "$file"
done
