"""cuts - runs of every command, recorded once each, and the states that a cut may leave of them, judged."""
import os
import shutil

import judge
import record
from disk import Disk, seeded
from lib import commands, mail, tree
from lib.engine import POPUSR, REPO

HERE = os.path.dirname(os.path.abspath(__file__))


class Run:
    def __init__(self, name, recorder, code, said, after, judged):
        self.name, self.base, self.events = name, recorder.base, recorder.events
        self.recorder, self.code, self.said, self.after, self.judged = recorder, code, said, after, judged

    def wrong_model(self):
        """The model must come to the tree that the command has left."""
        for c in self.recorder.strange:
            yield "the model does not know %s" % c
        d = Disk(self.base, "posix")
        for at, e in enumerate(self.events):
            d.step(at, e)
        last = {i: es[-1].value for i, es in d.bytes.items()}, {i: es[-1].value for i, es in d.attrs.items()}
        for what in tree.differences(self.after, d.tree(d.names, *last)):
            yield "the model is wrong: %s" % what


def environment(e):
    return dict(PATH=os.environ["PATH"], QVMAIL_ROOT=e.root, TCPREMOTEIP="127.0.0.1", LC_ALL="C")


def record_change(e, case):
    commands.build(e, case)
    was = tree.take(e.root)
    with open(e.dir + "/stdin", "w+") as f:
        f.write(case.stdin or "")
        f.seek(0)
        r, code, said = record.run(e.root, was, [e.qvmail] + case.command, environment(e), e.dir + "/trace", stdin=f)
    after = tree.take(e.root)
    return Run(case.name, r, code, said, after, judge.Change(was, after, case.defers))


class Spool(mail.Prepared):
    """As there, with a queue that is like qmail's."""

    def build(self):
        super().build()
        judge.queue(self.e.root, POPUSR)
        shutil.copy(HERE + "/queue", self.e.root + "/var/qmail/bin/qmail-queue")
        os.chmod(self.e.root + "/var/qmail/bin/qmail-queue", 0o755)
        os.chmod(self.e.root, 0o755)


def record_mail(e, case):
    p = Spool(e, case)
    try:
        p.reset()
        r, code, said = record.run(e.root, p.was, [e.qvmail] + p.command, environment(e), e.dir + "/trace", p.server.p.pid,
                                   settle=p.server.settle)
        after = tree.take(e.root)
        return Run(case.name, r, code, said, after, judge.Mail(p.was, after, p.ids))
    finally:
        p.end()


def recorded(e, case):
    return (record_mail if isinstance(case, mail.Mail) else record_change)(e, case)


def cases():
    """Not trigger's: they end in the same flush, and strace(1) is no caller."""
    return commands.CASES + [c for c in mail.CASES if not c.name.startswith("trigger")]


def moments(events):
    """Places before which a cut is of interest: a sync, as it makes what is possible less; the end."""
    return [at for at, e in enumerate(events) if e.kind == "sync"] + [len(events)]


def violations(run, rule, limit, seed, row=None, events=None, behind=0):
    """(where, what) of each state that must not be, of cuts behind that place."""
    events = run.events if events is None else events
    disk, seen, stops = Disk(run.base, rule), set(), set(moments(events))
    marks = [(at, e.value) for at, e in enumerate(events) if e.kind == "mark"]
    for at in range(len(events) + 1):
        if at in stops and at >= behind:
            end = at == len(events)
            for found, last in disk.states(limit, seeded(seed, run.name, rule, at)):
                taken = frozenset(m for k, m in marks if k < last)
                k = hash((judge.key(found), taken, end))
                if k in seen:
                    continue
                seen.add(k)
                if row is not None:
                    row.points += 1
                where = "at the end" if end else "before %s %s" % (events[at].call.name, name_of(run, events[at]))
                for what in run.judged.wrong(found, taken):
                    yield where, what
                for what in run.judged.unfinished(found) if end else ():
                    yield where, what
        if at < len(events):
            disk.step(at, events[at])


def name_of(run, e):
    if e.inode is None:
        return "/home" if e.fs else "/var" if e.fs is not None else "all"
    return run.recorder.path(e.inode)
