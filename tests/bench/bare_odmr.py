"""bare_odmr.py MAILDIR PREFIX: an ODMR provider that knows nothing but to send, for one caller: what anybody could reach through him.

It prints its port. Every login is right; behind ATRN all messages of MAILDIR/new go out at once by BDAT, and nothing is
looked at but how many replies came. No parsing, no file is removed, no reply is judged: the bare loop beside qv-trigger.
"""
import os
import re
import socket
import sys
import threading


def messages(maildir, prefix):
    for name in sorted(os.listdir(maildir + "/new")):
        with open(f"{maildir}/new/{name}", "rb") as f:
            sender, rcpt, body = f.read().split(b"\n", 2)
        body = body.replace(b"\n", b"\r\n")
        yield b"MAIL FROM:%s\r\nRCPT TO:<%s>\r\nBDAT %d LAST\r\n%s" % (
            sender.split(b": ", 1)[1], rcpt.split(b": ", 1)[1].removeprefix(prefix), len(body), body)


def talk(connection, all_of_it, count):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lines = connection.makefile("rb")
    connection.sendall(b"220 bare\r\n")
    for line in lines:
        verb = line[:4].upper()
        if verb == b"EHLO":
            connection.sendall(b"250-bare\r\n250-ATRN\r\n250 AUTH CRAM-MD5\r\n")
        elif verb == b"AUTH":
            connection.sendall(b"334 PDE+\r\n")
        elif verb == b"ATRN":
            connection.sendall(b"250 now you\r\n")
            break
        else:
            connection.sendall(b"235 ok\r\n")

    def replies(n):
        while n > 0 and (line := lines.readline()):
            n -= bool(re.match(rb"\d\d\d ", line))

    replies(1)
    connection.sendall(b"EHLO bare\r\n")
    replies(1)
    writer = threading.Thread(target=connection.sendall, args=(all_of_it,))
    writer.start()
    replies(3 * count)
    writer.join()
    connection.sendall(b"QUIT\r\n")
    replies(1)


def main():
    all_of_it = list(messages(sys.argv[1], sys.argv[2].encode()))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(600)
        print(server.getsockname()[1], flush=True)
        connection, _ = server.accept()
    connection.settimeout(600)
    with connection:
        talk(connection, b"".join(all_of_it), len(all_of_it))
    print("done", flush=True)
    threading.Event().wait(600)  # until it is stopped, as the other servers are


main()
