"""calls - what strace -f -y -xx -o FILE has written, as a list of calls in the order in which they ended.

    for c in calls.read(FILE):
        c.pid c.name c.args c.ret      args: numbers and flags as text, strings as bytes; ret: a number, None if it never returned
        c.fd(0)                        the path of the descriptor that is argument 0, c.opened that of the one returned
        c.begun c.ended                places in the file: two calls overlap unless one has ended before the other has begun
        c.time                         when it began, where -ttt was given
"""
import re

LINE = re.compile(r"(?:(\d+) +)?(?:(\d+\.\d+) +)?(.*)")
CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?|0x[0-9a-f]+)(?:<([^>]*)>)?(.*)$", re.S)
UNFINISHED = re.compile(r"(\w+)\((.*?),? *<unfinished \.\.\.>$", re.S)
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)$", re.S)
ARGUMENT = re.compile(r'((?:"(?:[^"])*"(?:\.\.\.)?|<[^>]*>|\[[^]]*\]|\{(?:[^{}]|\{[^{}]*\})*\}|\([^)]*\)|[^,"<\[{(])+)(?:, ?|$)')
# What 32-bit processors call them, where they had smaller ones before.
WIDE = re.compile(r"(l?chown|fchown|set(?:res)?[ug]id|f?truncate|sendfile)(32|64)$")
HEX = re.compile(r"\\x([0-9a-f]{2})")


def plain(text):
    """The bytes of a string that strace has written in hexadecimal numbers."""
    return bytes.fromhex("".join(HEX.findall(text)))


class Call:
    def __init__(self, pid, time, begun, name):
        self.pid, self.time, self.begun, self.name = pid, time, begun, WIDE.sub(r"\1", name)
        self.ended = None
        self.raw, self.args, self.ret, self.opened = [], [], None, None
        self.injected = False

    def fd(self, n):
        at = self.raw[n].find("<") if n < len(self.raw) else -1
        return None if at < 0 else plain(self.raw[n][at:])

    def end(self, args, ret, opened, rest, at):
        self.ended = at
        self.raw = ARGUMENT.findall(args)
        for raw in self.raw:
            if raw.startswith('"'):
                self.args.append(plain(raw))
            else:
                self.args.append(raw.split("<")[0])
        self.ret = None if ret == "?" else int(ret, 0)
        self.opened = plain(opened) if opened else None
        self.injected = "INJECTED" in rest

    def __repr__(self):
        shown = [self.fd(n) or a for n, a in enumerate(self.args)]
        return "%s(%s) = %s" % (self.name, ", ".join(a.decode("latin-1")[-60:] if isinstance(a, bytes) else a for a in shown), self.ret)


def read(path):
    calls, open_calls = [], {}
    with open(path, encoding="latin-1") as f:
        for at, line in enumerate(f):
            pid, time, rest = LINE.match(line.rstrip("\n")).groups()
            pid, time = int(pid or 0), float(time or 0)
            resumed, unfinished = RESUMED.match(rest), UNFINISHED.match(rest)
            if resumed:
                c, args = open_calls.pop(pid)
                rest = "%s(%s%s" % (resumed.group(1), args + ", " if args and not resumed.group(2).startswith(")") else args,
                                    resumed.group(2).lstrip(" ,"))
            elif unfinished:
                c = Call(pid, time, at, unfinished.group(1))
                open_calls[pid] = (c, unfinished.group(2))
                continue
            else:
                c = Call(pid, time, at, rest.split("(")[0])
            whole = CALL.match(rest)
            if whole:
                c.end(whole.group(2), whole.group(3), whole.group(4), whole.group(5), at)
                calls.append(c)
    return calls
