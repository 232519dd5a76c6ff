"""holding.py LOG SECONDS [refuse=N]... [drop=N]: a server far away: it answers all that it was told once it has heard nothing for so long.

Prints its port. LOG gets a line each time it answers: the messages that were under way until then. It refuses the recipient of
message N (the first is 1); at drop it hangs up in place of an answer once it has more than N messages without one.
"""
import re
import select
import socket
import sys

QUIET = float(sys.argv[2])


def receive(connection):
    """All that comes before it is quiet; b"": the client has gone."""
    got = b""
    while not got or select.select([connection], [], [], QUIET)[0]:
        piece = connection.recv(1 << 20)
        got += piece
        if not piece:
            break
    return got


def answers(text, refused, count):
    """To whole commands: (replies, messages)"""
    at, out, n = 0, b"", 0
    while at < len(text):
        end = text.index(b"\r\n", at)
        line, at = text[at:end], end + 2
        m = re.match(rb"BDAT (\d+)", line)
        if line[:4] == b"EHLO":
            out += b"250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n"
        elif line[:4] == b"RCPT" and count + n + 1 in refused:
            out += b"550 5.1.1 no such user\r\n"
        elif m and count + n + 1 in refused:
            out, n, at = out + b"503 no recipient\r\n", n + 1, at + int(m.group(1))
        elif m:
            out, n, at = out + b"250 taken\r\n", n + 1, at + int(m.group(1))
        elif line == b"QUIT":
            out += b"221 bye\r\n"
        else:
            out += b"250 %s\r\n" % (b"flushed" if line == b"RSET" else b"ok")
    return out, n


def serve(connection, log, refused, drop):
    count = 0
    connection.sendall(b"220 x ESMTP\r\n")
    while (text := receive(connection)):
        replies, n = answers(text, refused, count)
        count += n
        if n:
            print(n, file=log, flush=True)
        if drop is not None and n > drop:
            return
        connection.sendall(replies)
        if b"221 bye" in replies:
            return


def main():
    words = [w.split("=") for w in sys.argv[3:]]
    refused = {int(n) for what, n in words if what == "refuse"}
    drop = next((int(n) for what, n in words if what == "drop"), None)
    with socket.create_server(("127.0.0.1", 0)) as listener, open(sys.argv[1], "w", encoding="ascii") as log:
        print(listener.getsockname()[1], flush=True)
        connection, _ = listener.accept()
        with connection:
            serve(connection, log, refused, drop)


main()
