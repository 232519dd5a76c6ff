#!/usr/bin/python3
"""caller - a customer who calls qv-trigger, with his mail server behind him.

caller PORT LINE...        connects to PORT of 127.0.0.1, says each LINE and prints what it is told (one reply a line). Words:
    cram USER SECRET       AUTH CRAM-MD5 with the digest of that secret
    plain USER SECRET      AUTH PLAIN
    raw TEXT               TEXT as it is, with Python's escapes, and no reply is awaited
    fill N                 N bytes without a newline
    wait                   one reply is awaited
    turn PORT              if ATRN was answered 250: whole lines go between here and the server at PORT, until one of both ends
    turn PORT N            the same, and the line breaks after N bytes of mail
    deaf                   after ATRN was answered: nothing is read, for five seconds
"""
import base64, hmac, select, socket, sys, time

s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.settimeout(30)
buf = b""
last = ""  # reply


def line():
    global buf
    while b"\n" not in buf:
        got = s.recv(65536)
        if not got:
            return None
        buf += got
    text, buf = buf.split(b"\n", 1)
    return text.rstrip(b"\r").decode("utf-8", "replace")


def reply():
    global last
    while True:
        text = last = line() or ""
        if not text:
            print("closed")
            return ""
        if text[3:4] != "-":
            print(text, flush=True)
            return text


def say(text):
    s.sendall(text.encode() + b"\r\n")


def relay(port, most):
    """Whole lines, either way, as fetchmail passes them on."""
    t = socket.create_connection(("127.0.0.1", port))
    held = {s: buf, t: b""}
    passed = 0
    while True:
        for sock in select.select([s, t], [], [], 30)[0]:
            got = sock.recv(65536)
            if not got:
                return
            held[sock] += got
            whole, nl, held[sock] = held[sock].rpartition(b"\n")
            (t if sock is s else s).sendall(whole + nl)
            passed += len(whole) if sock is s else 0
            if most and passed >= most:
                return


reply()
for command in sys.argv[2:]:
    word, _, rest = command.partition(" ")
    try:
        if word == "cram":
            user, secret = rest.split(" ")
            say("AUTH CRAM-MD5")
            challenge = base64.b64decode(reply()[4:])
            digest = hmac.new(secret.encode(), challenge, "md5").hexdigest()
            say(base64.b64encode(f"{user} {digest}".encode()).decode())
            reply()
        elif word == "plain":
            user, secret = rest.split(" ")
            say("AUTH PLAIN " + base64.b64encode(f"\0{user}\0{secret}".encode()).decode())
            reply()
        elif word == "raw":
            s.sendall(rest.encode().decode("unicode_escape").encode("latin-1"))
        elif word == "fill":
            s.sendall(b"x" * int(rest))
        elif word == "wait":
            reply()
        elif word == "turn" and not last.startswith("250"):
            break
        elif word == "turn":
            port, _, most = rest.partition(" ")
            relay(int(port), int(most or 0))
        elif word == "deaf":
            s.settimeout(None)
            time.sleep(5)
        else:
            say(command)
            reply()
    except (ConnectionError, socket.timeout) as e:
        print(type(e).__name__)
        break
