"""away.py N LOG: a server that takes N messages, says 421 in the same breath as the last 250, and then answers no connection.

Prints its port; a line of LOG for each message that it took.
"""
import socket
import sys
import time


def serve(connection, count, log):
    lines = connection.makefile("rb")
    connection.sendall(b"220 x ESMTP\r\n")
    in_data = taken = 0
    for line in lines:
        verb = line[:4].upper()
        if in_data:
            if line != b".\r\n":
                continue
            in_data = 0
            taken += 1
            print(taken, file=log, flush=True)
            connection.sendall(b"250 ok\r\n" + (b"421 4.7.0 too many, bye\r\n" if taken == count else b""))
            if taken == count:
                return
        elif verb == b"EHLO":
            connection.sendall(b"250-x\r\n250 PIPELINING\r\n")
        elif verb == b"DATA":
            connection.sendall(b"354 go\r\n")
            in_data = 1
        else:
            connection.sendall(b"250 ok\r\n")


listener = socket.create_server(("127.0.0.1", 0), backlog=0)
print(listener.getsockname()[1], flush=True)
client, _ = listener.accept()
waiting = []
for _ in range(3):  # the queue of those who want to connect is full
    other = socket.socket()
    other.setblocking(False)
    other.connect_ex(listener.getsockname())
    waiting.append(other)
with open(sys.argv[2], "w", encoding="ascii") as messages:
    serve(client, int(sys.argv[1]), messages)
client.close()
time.sleep(20)
