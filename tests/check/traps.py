"""Every trap that qv-check knows, and what is none: traps.py QVMAIL SCRATCH, as root.

Each row breaks a fresh copy of one set-up, and says just what qv-check then finds: "SEVERITY NAME FILE[:LINE]", "" for nothing. What
can be mended by --fix must be gone after it; the command that is shown for the others is run, unless it asks for an
editor's hand, and must take its finding away. Where one of its steps fails it destroys nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import time

QVMAIL, SCRATCH = sys.argv[1:]
BASE, ROOT = SCRATCH + "/base", SCRATCH + "/root"
C, U = "/var/qmail/control/", "/var/qmail/users/"
H, P = "/home/popmail/e/ex1/DOMAINS/example.com", "/home/popmail/e/ex1/POP"
D = "/home/serialmail/some.example.com"
USERS = """root:x:0:0::/root:/bin/sh
popusr:x:510:51::/home/popmail:/bin/false
qmaild:x:7791:2107::/var/qmail:/bin/sh
qmails:x:7796:2108::/var/qmail:/bin/sh
qmailr:x:7795:2108::/:/bin/sh
"""
SETUP = """newmrh
newu
domain add pop example.com ex1
mailbox add joe@example.com
mailbox add ann@example.com
mailbox forward info@example.com joe@example.com
domain add pop other.org ex2 --id other --catch-all
mailbox add bob@other.org
domain add dialup some.example.com ex1 --relayhost 127.0.0.3
domain add dialup host.example.net
domain add relay second.com mail.second.com
domain add backup third.com
domain alias alias.com example.com
mailbox passwd ex1-0001
mailbox passwd ex2-0001
"""


def run(*words, root=ROOT):
    """A command of ours on a tree."""
    return subprocess.run([QVMAIL, *words, "--root", root], input=b"secret\n", stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def get(path):
    """A file's text."""
    with open(ROOT + path, encoding="latin-1") as f:
        return f.read()


def put(path, text):
    """A file says this and nothing else."""
    with open(ROOT + path, "w", encoding="latin-1") as f:
        f.write(text)


def forward(local, *to):
    """An address of example.com's is sent on."""
    put(f'{H}/.qmail-{local}', ''.join(f'&{address}\n' for address in to))
    chown(f'{H}/.qmail-{local}', 510, 51)


def may_call(host):
    """Who has joe's secret."""
    assert run("domain", "trigger", host, "--user", "joe").returncode == 0


def edit(path, old, new):
    """The first place where this stands says that."""
    assert old in get(path), (path, old)
    put(path, get(path).replace(old, new, 1))


def append(path, text):
    """More behind its end."""
    put(path, get(path) + text)


def drop(path, line):
    """Without the lines that begin so."""
    put(path, "".join(x + "\n" for x in get(path).split() if not x.startswith(line)))


def chmod(path, mode):
    os.chmod(ROOT + path, mode)


def chown(path, uid, gid):
    os.chown(ROOT + path, uid, gid)


def rm(path):
    """A file, or a directory with all that is in it."""
    shutil.rmtree(ROOT + path) if os.path.isdir(ROOT + path) else os.unlink(ROOT + path)


def mkdir(path):
    os.mkdir(ROOT + path)


def mv(old, new):
    os.rename(ROOT + old, ROOT + new)


def cp(old, new):
    shutil.copytree(ROOT + old, ROOT + new)


def link(to, path):
    os.symlink(to, ROOT + path)


def msg(path, text="Return-Path: <a@b>\nDelivered-To: some.example.com-x@some.example.com\nSubject: x\n\nhi\n", age=0):
    """A message of popusr's, so old."""
    put(path, text)
    chown(path, 510, 51)
    os.utime(ROOT + path, (time.time() - age,) * 2)


def refused(local, times, age=0):
    """The host's server does not know this address."""
    path = D + "/.qv-refused"
    put(path, (get(path) if os.path.exists(ROOT + path) else "")
        + f"{int(time.time()) - age} {local} 550 5.1.1 <{local}@some.example.com>: unknown\n" * times)
    chown(path, 510, 51)


def maildir(path):
    """An empty one of popusr's."""
    for x in "", "/tmp", "/new", "/cur":
        mkdir(path + x)
        chown(path + x, 510, 51)


def alias():
    """The home of this host's own names; INSTALL.alias has empty files, for a default delivery."""
    append("/etc/passwd", "alias:x:7790:2108::/var/qmail/alias:/bin/true\n")
    mkdir("/var/qmail/alias")
    chown("/var/qmail/alias", 7790, 2108)
    for x in "postmaster", "mailer-daemon", "root":
        put("/var/qmail/alias/.qmail-" + x, "joe@example.com\n")


def ann():
    """A user of this host with a line in users/assign."""
    append("/etc/passwd", "ann:x:1001:100::/home/ann:/bin/sh\n")
    mkdir("/home/ann")
    for x in "", "/tmp", "/new", "/cur":
        mkdir("/home/ann/Maildir" + x)
    put("/home/ann/.qmail-x", "./Maildir/\n")
    subprocess.run(["chown", "-R", "1001:100", ROOT + "/home/ann"], check=True)
    edit(U + "assign", "\n.\n", "\n+ann-:ann:1001:100:/home/ann:-::\n.\n")
    run("newu")


TRAPS = [
    ('assign newer (appended line w/o newu)', 'error cdb-stale /var/qmail/users/cdb',
     lambda: (edit(U + 'assign', '\n.\n', '\n+new-:ex1:510:51:%s:-::\n.\n'% H))),
    ('assign changed home w/o newu', 'error no-home /var/qmail/users/assign:3 & error cdb-stale /var/qmail/users/cdb',
     lambda: (edit(U + 'assign', '/home/serialmail/some', '/home/serialmail/host'))),
    ('cdb missing', 'error cdb-stale /var/qmail/users/cdb',
     lambda: (rm(U + 'cdb'))),
    ('cdb empty', 'error cdb-stale /var/qmail/users/cdb',
     lambda: (put(U + 'cdb', ''))),
    ('cdb garbage', 'error cdb-stale /var/qmail/users/cdb',
     lambda: (put(U + 'cdb', 'x' * 3000))),
    ('cdb mode 600', '',
     lambda: (chmod(U + 'cdb', 0o600))),
    ('no final dot', 'error no-end /var/qmail/users/assign:4',
     lambda: (edit(U + 'assign', '\n.\n', '\n'))),
    ('no final newline after dot', '',
     lambda: (edit(U + 'assign', '\n.\n', '\n.'))),
    ('early dot', 'error dead-line /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', '\n', '\n.\n'))),
    ('early dot and newu', 'error dead-line /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', '\n', '\n.\n'), run('newu'))),
    ('dot-domain line', 'error dead-line /var/qmail/users/assign:2',
     lambda: (edit(U + 'assign', '\n', '\n.example.com-:ex1:510:51:%s:-::\n'% H))),
    ('blank in assign', 'error bad-line /var/qmail/users/assign:2',
     lambda: (edit(U + 'assign', '\n', '\n\n'))),
    ('comment in assign', 'error bad-line /var/qmail/users/assign:2',
     lambda: (edit(U + 'assign', '\n', '\n# hello\n'))),
    ('comment with colons in assign', 'error dead-line /var/qmail/users/assign:2',
     lambda: (edit(U + 'assign', '\n', '\n# a:b:c:d:e:f:g:h\n'), run('newu'))),
    ('leading blank + in assign', 'error dead-line /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', '+some', '  +some'), run('newu'))),
    ('dash missing in + key', 'error dead-line /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', '+some.example.com-:', '+some.example.com:'), run('newu'))),
    ('capital last char', 'error dead-line /var/qmail/users/assign:2',
     lambda: (edit(U + 'assign', '+other-:', '+otheR:'), run('newu'))),
    ('too few colons', 'error bad-line /var/qmail/users/assign:1',
     lambda: (edit(U + 'assign', '-::\n', '-:\n'))),
    ('dup assign key other data', 'error double /var/qmail/users/assign:4',
     lambda: (edit(U + 'assign', '+some', '+some.example.com-:ex9:510:51:/home/serialmail/host.example.net:-::\n+some'), run('newu'))),
    ('dup assign key same', 'error double /var/qmail/users/assign:2',
     lambda: (put(U + 'assign', get(U + 'assign').split('\n')[0] + '\n'+get(U + 'assign')), run('newu'))),
    ('assign crlf all', '',
     lambda: (put(U + 'assign', get(U + 'assign').replace('\n', '\r\n')), run('newu'))),
    ('assign uid 0', 'error root /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', ':510:51:/home/serialmail/some', ':0:0:/home/serialmail/some'), run('newu'))),
    ('assign uid wrong (511)', 'error uid /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', ':510:51:/home/serialmail/some', ':511:51:/home/serialmail/some'), run('newu'))),
    ('assign uid text', 'error root /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', ':510:51:/home/serialmail/some', ':popusr:51:/home/serialmail/some'), run('newu'))),
    ('assign home relative', 'error home-relative /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', ':/home/serialmail/some', ':home/serialmail/some'), run('newu'))),
    ('assign home wrong', 'error no-home /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', ':/home/serialmail/some', ':/home/serialmail/sume'), run('newu'))),
    ('assign home trailing slash', '',
     lambda: (edit(U + 'assign', 'some.example.com:-', 'some.example.com/:-'), run('newu'))),
    ('assign dash field empty', 'error no-dash /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', 'some.example.com:-::', 'some.example.com:::'), run('newu'))),
    ('assign dash field another', 'error no-dash /var/qmail/users/assign:3',
     lambda: (edit(U + 'assign', 'some.example.com:-::', 'some.example.com:=::'), run('newu'))),
    ('assign ext set', '',
     lambda: (edit(U + 'assign', 'some.example.com:-::', 'some.example.com:-:x-:'), run('newu'))),
    ('assign line missing', 'error no-assign /var/qmail/control/virtualdomains:5',
     lambda: (put(U + 'assign', ''.join(l + '\n' for l in get(U + 'assign').split('\n')[:-1] if 'some.ex' not in l)), run('newu'))),
    ('assign file missing', 'error no-assign /var/qmail/users/assign',
     lambda: (rm(U + 'assign'))),
    ('assign mode 600', '',
     lambda: (chmod(U + 'assign', 0o600))),
    ('crlf all rcpthosts', 'error crlf /var/qmail/control/rcpthosts:1',
     lambda: (put(C + 'rcpthosts', get(C + 'rcpthosts').replace('\n', '\r\n')))),
    ('crlf all virtualdomains', 'error crlf /var/qmail/control/virtualdomains:1',
     lambda: (put(C + 'virtualdomains', get(C + 'virtualdomains').replace('\n', '\r\n')))),
    ('crlf all smtproutes', 'error crlf /var/qmail/control/smtproutes:1',
     lambda: (put(C + 'smtproutes', get(C + 'smtproutes').replace('\n', '\r\n')))),
    ('crlf all locals', 'error crlf /var/qmail/control/locals:1',
     lambda: (put(C + 'locals', get(C + 'locals').replace('\n', '\r\n')))),
    ('crlf all morercpthosts', 'error crlf /var/qmail/control/morercpthosts:1',
     lambda: (put(C + 'morercpthosts', get(C + 'morercpthosts').replace('\n', '\r\n')), run('newmrh'))),
    ('leading blank rcpthosts', 'error leading-blank /var/qmail/control/rcpthosts:1',
     lambda: (put(C + 'rcpthosts', ' '+get(C + 'rcpthosts')))),
    ('leading blank virtualdomains', 'error leading-blank /var/qmail/control/virtualdomains:1',
     lambda: (put(C + 'virtualdomains', ' '+get(C + 'virtualdomains')))),
    ('leading blank smtproutes', 'error leading-blank /var/qmail/control/smtproutes:1',
     lambda: (put(C + 'smtproutes', ' '+get(C + 'smtproutes')))),
    ('leading blank locals', 'error leading-blank /var/qmail/control/locals:1',
     lambda: (put(C + 'locals', ' '+get(C + 'locals')))),
    ('leading blank morercpthosts', 'error leading-blank /var/qmail/control/morercpthosts:1',
     lambda: (put(C + 'morercpthosts', ' '+get(C + 'morercpthosts')), run('newmrh'))),
    ('leading tab last rcpthosts', 'error leading-blank /var/qmail/control/rcpthosts:14',
     lambda: (put(C + 'rcpthosts', '\n'.join(get(C + 'rcpthosts').split('\n')[:-2]+['\t'+get(C + 'rcpthosts').split('\n')[-2], ''])))),
    ('leading tab last virtualdomains', 'error leading-blank /var/qmail/control/virtualdomains:8',
     lambda: (put(C + 'virtualdomains', '\n'.join(get(C + 'virtualdomains').split('\n')[:-2]+['\t'+get(C + 'virtualdomains').split('\n')[-2], ''])))),
    ('leading tab last smtproutes', 'error leading-blank /var/qmail/control/smtproutes:2',
     lambda: (put(C + 'smtproutes', '\n'.join(get(C + 'smtproutes').split('\n')[:-2]+['\t'+get(C + 'smtproutes').split('\n')[-2], ''])))),
    ('leading tab last locals', 'error leading-blank /var/qmail/control/locals:2',
     lambda: (put(C + 'locals', '\n'.join(get(C + 'locals').split('\n')[:-2]+['\t'+get(C + 'locals').split('\n')[-2], ''])))),
    ('leading tab last morercpthosts', 'error leading-blank /var/qmail/control/morercpthosts:2',
     lambda: (put(C + 'morercpthosts', '\n'.join(get(C + 'morercpthosts').split('\n')[:-2]+['\t'+get(C + 'morercpthosts').split('\n')[-2], ''])), run('newmrh'))),
    ('mode 600 rcpthosts', 'error mode /var/qmail/control/rcpthosts',
     lambda: (chmod(C + 'rcpthosts', 0o600))),
    ('mode 600 virtualdomains', 'error mode /var/qmail/control/virtualdomains',
     lambda: (chmod(C + 'virtualdomains', 0o600))),
    ('mode 600 smtproutes', 'error mode /var/qmail/control/smtproutes',
     lambda: (chmod(C + 'smtproutes', 0o600))),
    ('mode 600 locals', 'error mode /var/qmail/control/locals',
     lambda: (chmod(C + 'locals', 0o600))),
    ('mode 600 morercpthosts', '',
     lambda: (chmod(C + 'morercpthosts', 0o600))),
    ('mode 666 rcpthosts', 'error writable /var/qmail/control/rcpthosts',
     lambda: (chmod(C + 'rcpthosts', 0o666))),
    ('mode 666 virtualdomains', 'error writable /var/qmail/control/virtualdomains',
     lambda: (chmod(C + 'virtualdomains', 0o666))),
    ('mode 666 smtproutes', 'error writable /var/qmail/control/smtproutes',
     lambda: (chmod(C + 'smtproutes', 0o666))),
    ('mode 666 locals', 'error writable /var/qmail/control/locals',
     lambda: (chmod(C + 'locals', 0o666))),
    ('mode 666 morercpthosts', '',
     lambda: (chmod(C + 'morercpthosts', 0o666))),
    ('dup rcpthosts', 'warning double /var/qmail/control/rcpthosts:1',
     lambda: (append(C + 'rcpthosts', get(C + 'rcpthosts').split('\n')[0] + '\n'))),
    ('dup virtualdomains', 'warning double /var/qmail/control/virtualdomains:1',
     lambda: (append(C + 'virtualdomains', get(C + 'virtualdomains').split('\n')[0] + '\n'))),
    ('dup smtproutes', 'warning double /var/qmail/control/smtproutes:1',
     lambda: (append(C + 'smtproutes', get(C + 'smtproutes').split('\n')[0] + '\n'))),
    ('dup locals', 'warning double /var/qmail/control/locals:1',
     lambda: (append(C + 'locals', get(C + 'locals').split('\n')[0] + '\n'))),
    ('dup morercpthosts', 'warning double /var/qmail/control/morercpthosts:1',
     lambda: (append(C + 'morercpthosts', get(C + 'morercpthosts').split('\n')[0] + '\n'), run('newmrh'))),
    ('dup caps rcpthosts', 'warning double /var/qmail/control/rcpthosts:1',
     lambda: (append(C + 'rcpthosts', get(C + 'rcpthosts').split('\n')[0].upper() + '\n'))),
    ('dup caps virtualdomains', 'error double /var/qmail/control/virtualdomains:1',
     lambda: (append(C + 'virtualdomains', get(C + 'virtualdomains').split('\n')[0].upper() + '\n'))),
    ('dup caps smtproutes', 'error double /var/qmail/control/smtproutes:1',
     lambda: (append(C + 'smtproutes', get(C + 'smtproutes').split('\n')[0].upper() + '\n'))),
    ('dup caps locals', 'warning double /var/qmail/control/locals:1',
     lambda: (append(C + 'locals', get(C + 'locals').split('\n')[0].upper() + '\n'))),
    ('dup caps morercpthosts', 'warning double /var/qmail/control/morercpthosts:1',
     lambda: (append(C + 'morercpthosts', get(C + 'morercpthosts').split('\n')[0].upper() + '\n'), run('newmrh'))),
    ('no final newline rcpthosts', '',
     lambda: (put(C + 'rcpthosts', get(C + 'rcpthosts')[:-1]))),
    ('no final newline virtualdomains', '',
     lambda: (put(C + 'virtualdomains', get(C + 'virtualdomains')[:-1]))),
    ('no final newline smtproutes', '',
     lambda: (put(C + 'smtproutes', get(C + 'smtproutes')[:-1]))),
    ('no final newline locals', '',
     lambda: (put(C + 'locals', get(C + 'locals')[:-1]))),
    ('no final newline morercpthosts', '',
     lambda: (put(C + 'morercpthosts', get(C + 'morercpthosts')[:-1]))),
    ('nul rcpthosts', 'error bad-name /var/qmail/control/rcpthosts:1',
     lambda: (put(C + 'rcpthosts', get(C + 'rcpthosts').replace('\n', '\0\n', 1)))),
    ('nul virtualdomains', 'error bad-name /var/qmail/control/virtualdomains:1',
     lambda: (put(C + 'virtualdomains', get(C + 'virtualdomains').replace('\n', '\0\n', 1)))),
    ('nul smtproutes', 'error bad-name /var/qmail/control/smtproutes:1',
     lambda: (put(C + 'smtproutes', get(C + 'smtproutes').replace('\n', '\0\n', 1)))),
    ('nul locals', 'error bad-name /var/qmail/control/locals:1',
     lambda: (put(C + 'locals', get(C + 'locals').replace('\n', '\0\n', 1)))),
    ('missing rcpthosts', 'error open-relay /var/qmail/control/rcpthosts',
     lambda: (rm(C + 'rcpthosts'))),
    ('missing virtualdomains', 'error no-virtualdomains /var/qmail/control/virtualdomains',
     lambda: (rm(C + 'virtualdomains'))),
    ('missing smtproutes', '',
     lambda: (rm(C + 'smtproutes'))),
    ('missing locals', 'error not-local /var/qmail/control/rcpthosts:1',
     lambda: (rm(C + 'locals'))),
    ('missing morercpthosts', 'error cdb-stale /var/qmail/control/morercpthosts.cdb',
     lambda: (rm(C + 'morercpthosts'))),
    ('empty rcpthosts', 'error nothing-accepted /var/qmail/control/rcpthosts',
     lambda: (put(C + 'rcpthosts', ''))),
    ('empty virtualdomains', 'error no-virtualdomains /var/qmail/control/virtualdomains',
     lambda: (put(C + 'virtualdomains', ''))),
    ('empty smtproutes', '',
     lambda: (put(C + 'smtproutes', ''))),
    ('empty locals', 'error not-local /var/qmail/control/rcpthosts:2 & error not-local /var/qmail/control/rcpthosts:1',
     lambda: (put(C + 'locals', ''))),
    ('empty morercpthosts', 'error cdb-stale /var/qmail/control/morercpthosts.cdb',
     lambda: (put(C + 'morercpthosts', ''))),
    ('owner popusr rcpthosts', 'error owner /var/qmail/control/rcpthosts',
     lambda: (chown(C + 'rcpthosts', 510, 51))),
    ('owner popusr virtualdomains', 'error owner /var/qmail/control/virtualdomains',
     lambda: (chown(C + 'virtualdomains', 510, 51))),
    ('owner popusr smtproutes', 'error owner /var/qmail/control/smtproutes',
     lambda: (chown(C + 'smtproutes', 510, 51))),
    ('owner popusr locals', 'error owner /var/qmail/control/locals',
     lambda: (chown(C + 'locals', 510, 51))),
    ('owner popusr morercpthosts', '',
     lambda: (chown(C + 'morercpthosts', 510, 51))),
    ('trailing comment rcpthosts', 'error comment-behind /var/qmail/control/rcpthosts:1',
     lambda: (put(C + 'rcpthosts', get(C + 'rcpthosts').replace('\n', ' # x\n', 1)))),
    ('trailing comment virtualdomains', 'error comment-behind /var/qmail/control/virtualdomains:1',
     lambda: (put(C + 'virtualdomains', get(C + 'virtualdomains').replace('\n', ' # x\n', 1)))),
    ('trailing comment smtproutes', 'error comment-behind /var/qmail/control/smtproutes:1',
     lambda: (put(C + 'smtproutes', get(C + 'smtproutes').replace('\n', ' # x\n', 1)))),
    ('trailing comment locals', 'error comment-behind /var/qmail/control/locals:1',
     lambda: (put(C + 'locals', get(C + 'locals').replace('\n', ' # x\n', 1)))),
    ('trailing comment morercpthosts', 'error comment-behind /var/qmail/control/morercpthosts:1',
     lambda: (put(C + 'morercpthosts', get(C + 'morercpthosts').replace('\n', ' # x\n', 1)))),
    ('me missing', 'error no-me /var/qmail/control/me',
     lambda: (rm(C + 'me'))),
    ('me empty', 'error no-me /var/qmail/control/me',
     lambda: (put(C + 'me', ''))),
    ('percenthack with own domain', 'warning percenthack /var/qmail/control/percenthack:1',
     lambda: (put(C + 'percenthack', 'example.com\n'))),
    ('vd lacks rcpthosts', 'warning not-accepted /var/qmail/control/virtualdomains:5',
     lambda: (drop(C + 'rcpthosts', 'some.example.com'))),
    ('pop lacks rcpthosts d', 'warning not-accepted /var/qmail/control/virtualdomains:1',
     lambda: (drop(C + 'rcpthosts', 'example.com'))),
    ('pop lacks rcpthosts .d', 'warning not-accepted /var/qmail/control/virtualdomains:2',
     lambda: (drop(C + 'rcpthosts', '.example.com'))),
    ('pop lacks vd d', 'warning sub-domains-alone /var/qmail/control/virtualdomains:1',
     lambda: (drop(C + 'virtualdomains', 'example.com:'))),
    ('pop lacks vd .d', 'warning sub-domains-lost /var/qmail/control/rcpthosts:4',
     lambda: (drop(C + 'virtualdomains', '.example.com:'))),
    ('dialup lacks vd', 'warning not-virtual /var/qmail/users/assign:3',
     lambda: (drop(C + 'virtualdomains', 'some.example.com:'))),
    ('backup .d without d in rcpthosts', 'warning sub-domains-alone /var/qmail/control/rcpthosts:11',
     lambda: (drop(C + 'rcpthosts', 'third.com'))),
    ('backup d without .d in rcpthosts', '',
     lambda: (drop(C + 'rcpthosts', '.third.com'))),
    ('relay .d without d smtproutes', 'warning sub-domains-alone /var/qmail/control/smtproutes:1',
     lambda: (drop(C + 'smtproutes', 'second'))),
    ('relay lacks rcpthosts .d', 'warning not-accepted /var/qmail/control/smtproutes:2',
     lambda: (drop(C + 'rcpthosts', '.second.com'))),
    ('relay not in rcpthosts', '',
     lambda: (put(C + 'rcpthosts', ''.join(l + '\n' for l in get(C + 'rcpthosts').split() if not l.endswith('second.com'))))),
    ('local too', 'error local-too /var/qmail/control/virtualdomains:1',
     lambda: (append(C + 'locals', 'example.com\n'))),
    ('local too (dialup)', 'error local-too /var/qmail/control/virtualdomains:5',
     lambda: (append(C + 'locals', 'some.example.com\n'))),
    ('virtual domain prefix unknown', 'error no-assign /var/qmail/control/virtualdomains:5',
     lambda: (edit(C + 'virtualdomains', 'some.example.com:some.example.com', 'some.example.com:sume.example.com'))),
    ('virtual domain prefix empty (exclusion)', '',
     lambda: (edit(C + 'virtualdomains', '\nsome.example.com:some.example.com', '\nsome.example.com:'))),
    ('virtual prefix with trailing dash', 'error dash-behind /var/qmail/control/virtualdomains:5',
     lambda: (edit(C + 'virtualdomains', 'some.example.com:some.example.com', 'some.example.com:some.example.com-'))),
    ('virtual prefix behind a blank', 'error no-assign /var/qmail/control/virtualdomains:5',
     lambda: (edit(C + 'virtualdomains', 'some.example.com:some.example.com', 'some.example.com: some.example.com'))),
    ('patterns', 'error bad-name /var/qmail/control/rcpthosts:15 & error bad-name /var/qmail/control/rcpthosts:16',
     lambda: (append(C + 'rcpthosts', '*.fourth.com\n@fourth.com\n'))),
    ('pattern in smtproutes', 'error bad-name /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', '*.fourth.com:mx.fourth.com\n'))),
    ('.d alone, but a line above it', '',
     lambda: (append(C + 'virtualdomains', '.x.second.com:example.com\n.second.com:example.com\nsecond.com:example.com\n'))),
    ('.d alone, but a line for all', '',
     lambda: (append(C + 'virtualdomains', '.uucp:example.com\n:example.com\n'), append(C + 'rcpthosts', '.uucp\nuucp\n'))),
    ('virtualdomains catch-all line', '',
     lambda: (append(C + 'virtualdomains', ':example.com\n'))),
    ('mrh cdb stale', 'error cdb-stale /var/qmail/control/morercpthosts.cdb',
     lambda: (append(C + 'morercpthosts', 'new.example\n'))),
    ('mrh cdb missing', 'error cdb-stale /var/qmail/control/morercpthosts.cdb',
     lambda: (rm(C + 'morercpthosts.cdb'))),
    ('mrh cdb garbage', 'error cdb-stale /var/qmail/control/morercpthosts.cdb',
     lambda: (put(C + 'morercpthosts.cdb', 'xx'))),
    ('mrh cdb without text', 'error cdb-stale /var/qmail/control/morercpthosts.cdb',
     lambda: (rm(C + 'morercpthosts'))),
    ('mrh cdb 600', 'error mode /var/qmail/control/morercpthosts.cdb',
     lambda: (chmod(C + 'morercpthosts.cdb', 0o600))),
    ('mrh cdb is a directory', 'error unreadable /var/qmail/control/morercpthosts.cdb',
     lambda: (rm(C + 'morercpthosts.cdb'), mkdir(C + 'morercpthosts.cdb'))),
    ('cdb is a directory', 'error unreadable /var/qmail/users/cdb',
     lambda: (rm(U + 'cdb'), mkdir(U + 'cdb'))),
    ('cdb mode 666', 'error writable /var/qmail/users/cdb',
     lambda: (chmod(U + 'cdb', 0o666))),
    ('badmailfrom mode 600', 'error mode /var/qmail/control/badmailfrom',
     lambda: (put(C + 'badmailfrom', 'a@b\n'), chmod(C + 'badmailfrom', 0o600))),
    ('bouncehost owner popusr', 'error owner /var/qmail/control/bouncehost',
     lambda: (put(C + 'bouncehost', 'a.test\n'), chown(C + 'bouncehost', 510, 51))),
    ('percenthack is a directory', 'error unreadable /var/qmail/control/percenthack',
     lambda: (mkdir(C + 'percenthack'))),
    ('recipients of s/qmail', 'warning recipients /var/qmail/control/recipients',
     lambda: (put(C + 'recipients', '@example.com\n'))),
    ('recipients of a patch', 'warning recipients /var/qmail/control/morevalidrcptto.cdb',
     lambda: (put(C + 'morevalidrcptto.cdb', ''))),
    ('timeoutremote mode 644', '',
     lambda: (put(C + 'timeoutremote', '60\n'))),
    ('handle dir missing', 'error no-home /var/qmail/users/assign:1',
     lambda: (rm('/home/popmail/e/ex1'))),
    ('home missing', 'error no-home /var/qmail/users/assign:1',
     lambda: (rm(H))),
    ('home is file', 'error no-home /var/qmail/users/assign:1',
     lambda: (rm(H), put(H, ''))),
    ('home symlink to elsewhere', '',
     lambda: (mv(H, '/home/popmail/e/ex1/real'), link('/home/popmail/e/ex1/real', H))),
    ('home owner root', 'warning owner /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (chown(H, 0, 0))),
    ('home owner root 700', 'warning owner /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (chown(H, 0, 0), chmod(H, 0o700))),
    ('home owner other', 'warning owner /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (chown(H, 1234, 51))),
    ('home 777', 'error home-writable /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (chmod(H, 0o777))),
    ('home 775', 'warning home-writable /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (chmod(H, 0o775))),
    ('home sticky', 'error home-sticky /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (chmod(H, 0o1755))),
    ('home 000', 'error home-closed /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (chmod(H, 0))),
    ('home 700', '',
     lambda: (chmod(H, 0o700))),
    ('home 600', 'error home-closed /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (chmod(H, 0o600))),
    ('parent dir 700 root', 'error closed /home/popmail/e',
     lambda: (chmod('/home/popmail/e', 0o700))),
    ('parent dir 777', 'error writable /home/popmail/e',
     lambda: (chmod('/home/popmail/e', 0o777))),
    ('POP dir 700 root', 'error closed /home/popmail/e/ex1/POP',
     lambda: (chmod(P, 0o700))),
    ('POP missing', 'error no-boxes /home/popmail/e/ex1/POP',
     lambda: (rm(P))),
    ('.qmail-Joe', 'warning never-read /home/popmail/e/ex1/DOMAINS/example.com/.qmail-Joe',
     lambda: (mv(H + '/.qmail-joe', H + '/.qmail-Joe'))),
    ('.qmail-a.b', 'warning never-read /home/popmail/e/ex1/DOMAINS/example.com/.qmail-a.b',
     lambda: (put(H + '/.qmail-a.b', '&x@y.z\n'))),
    ('.qmail 646', 'error qmail-writable /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe',
     lambda: (chmod(H + '/.qmail-joe', 0o646))),
    ('.qmail 664', 'warning qmail-writable /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe',
     lambda: (chmod(H + '/.qmail-joe', 0o664))),
    ('.qmail 600 root', 'error qmail-unreadable /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe',
     lambda: (chown(H + '/.qmail-joe', 0, 0), chmod(H + '/.qmail-joe', 0o600))),
    ('.qmail 000', 'error qmail-unreadable /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe',
     lambda: (chmod(H + '/.qmail-joe', 0o000))),
    ('.qmail root 644', 'warning owner /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe',
     lambda: (chown(H + '/.qmail-joe', 0, 0))),
    ('.qmail x bit', 'error forward-only /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (chmod(H + '/.qmail-joe', 0o744))),
    ('.qmail x bit forward only', '',
     lambda: (chmod(H + '/.qmail-info', 0o744))),
    ('.qmail noslash', 'error no-slash /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', P + '/ex1-0001\n'))),
    ('.qmail blank first', 'error first-line-blank /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '\n'+P + '/ex1-0001/\n'))),
    ('.qmail leading blank first', 'error leading-blank /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', ' '+P + '/ex1-0001/\n'))),
    ('.qmail leading blank second', 'error leading-blank /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:2',
     lambda: (put(H + '/.qmail-joe', '# x\n '+P + '/ex1-0001/\n'))),
    ('.qmail crlf', 'error crlf /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', P + '/ex1-0001/\r\n'))),
    ('.qmail crlf on two lines', f'error crlf {H}/.qmail-joe:2 & error crlf {H}/.qmail-joe:3',
     lambda: (put(H + '/.qmail-joe', '# x\r\n' + P + '/ex1-0001/\r\n&x@y.z\r\n'))),
    ('.qmail leading blanks on two lines', f'error leading-blank {H}/.qmail-joe:1 & error leading-blank {H}/.qmail-joe:2',
     lambda: (put(H + '/.qmail-joe', ' ' + P + '/ex1-0001/\n\t&x@y.z\n'))),
    ('.qmail two maildirs without slash', f'error no-slash {H}/.qmail-joe:1 & error no-slash {H}/.qmail-joe:2',
     lambda: (put(H + '/.qmail-joe', P + '/ex1-0001\n' + P + '/ex1-0002'))),
    ('.qmail all wrong in one line', ' & '.join(f'error {x} {H}/.qmail-joe:1' for x in ('leading-blank', 'crlf', 'no-slash')),
     lambda: (put(H + '/.qmail-joe', ' ' + P + '/ex1-0001\r\n'))),
    ('.qmail crlf to missing Maildir', f'error crlf {H}/.qmail-joe:2 & error no-maildir {H}/.qmail-joe:2',
     lambda: (put(H + '/.qmail-joe', P + '/ex1-0001/\n' + P + '/ex1-0099/\r\n'))),
    ('.qmail to /dev/null', f'error device {H}/.qmail-spam:1',
     lambda: (put(H + '/.qmail-spam', '/dev/null\n'), chown(H + '/.qmail-spam', 510, 51))),
    ('.qmail path without a dot', f'error bad-address {H}/.qmail-spam:1',
     lambda: (put(H + '/.qmail-spam', 'Maildir/\n'), chown(H + '/.qmail-spam', 510, 51))),
    ('.qmail byte order mark', f'error bad-address {H}/.qmail-spam:1',
     lambda: (put(H + '/.qmail-spam', '\xef\xbb\xbf./Maildir/\n'), chown(H + '/.qmail-spam', 510, 51))),
    ('.qmail link to another', '',
     lambda: (link('.qmail-joe', H + '/.qmail-boss'))),
    ('.qmail link to what is wrong', f'error qmail-writable {H}/.qmail-list & error leading-blank {H}/.qmail-list:1 & error no-slash {H}/.qmail-list:2',
     lambda: (put('/home/list', ' joe@example.com\n' + P + '/ex1-0001\n'), chmod('/home/list', 0o666), link('../../../../../list', H + '/.qmail-list'))),
    ('.qmail link to what only root may read', f'error unreadable {H}/.qmail-list',
     lambda: (put('/home/list', 'secret of root\n'), chmod('/home/list', 0o600), link('../../../../../list', H + '/.qmail-list'))),
    ('.qmail link alone leads to a box', '',
     lambda: (mv(H + '/.qmail-joe', '/home/popmail/joe'), link('../../../../joe', H + '/.qmail-joe'))),
    ('.qmail empty', 'warning empty /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe',
     lambda: (put(H + '/.qmail-joe', ''))),
    ('.qmail comment only', 'warning nobodys-box /home/popmail/e/ex1/POP/ex1-0001',
     lambda: (put(H + '/.qmail-joe', '#\n'))),
    ('.qmail to missing Maildir', 'error no-maildir /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', P + '/ex1-0099/\n'))),
    ('.qmail to relative missing', 'error no-maildir /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', './Mail/\n'))),
    ('.qmail & space', 'error bad-address /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '& joe@x.y\n'))),
    ('.qmail comma list', 'error bad-address /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '&a@x.y, b@x.y\n'))),
    ('.qmail forward no @', 'warning nobodys-box /home/popmail/e/ex1/POP/ex1-0001',
     lambda: (put(H + '/.qmail-joe', '&joe\n'))),
    ('.qmail forward to itself', f'warning nobodys-box {P}/ex1-0001 & error loop {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '&joe@example.com\n'))),
    ('.qmail forward to nobody here', f'warning nobodys-box {P}/ex1-0001 & error nobody {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '&nobody@example.com\n'))),
    ('.qmail program missing', 'error no-program /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '|/no/such/program\n'))),
    ('.qmail mbox', 'warning nobodys-box /home/popmail/e/ex1/POP/ex1-0001',
     lambda: (put(H + '/.qmail-joe', './Mailbox\n'))),
    ('.qmail dir', 'error unreadable /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe',
     lambda: (rm(H + '/.qmail-joe'), mkdir(H + '/.qmail-joe'))),
    ('.qmail dangling link', 'error unreadable /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe',
     lambda: (rm(H + '/.qmail-joe'), link('nowhere', H + '/.qmail-joe'))),
    ('.qmail  and list', 'error forward-only /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:2',
     lambda: (put(H + '/.qmail-joe', '+list\n'+P + '/ex1-0001/\n'))),
    ('.qmail two maildirs one missing', 'error no-maildir /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:2',
     lambda: (put(H + '/.qmail-joe', P + '/ex1-0001/\n./nix/\n'))),
    ('postmaster missing', 'warning no-postmaster /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (rm(H + '/.qmail-postmaster'))),
    ('box cur missing', 'error maildir-part /home/popmail/e/ex1/POP/ex1-0001/cur',
     lambda: (rm(P + '/ex1-0001/cur'))),
    ('box new missing', 'error maildir-part /home/popmail/e/ex1/POP/ex1-0001/new',
     lambda: (rm(P + '/ex1-0001/new'))),
    ('box missing', 'error no-maildir /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe:1',
     lambda: (rm(P + '/ex1-0001'))),
    ('box tmp is file', 'error maildir-part /home/popmail/e/ex1/POP/ex1-0001/tmp',
     lambda: (rm(P + '/ex1-0001/tmp'), put(P + '/ex1-0001/tmp', ''))),
    ('box owner root', 'error owner /home/popmail/e/ex1/POP/ex1-0001',
     lambda: (chown(P + '/ex1-0001', 0, 0))),
    ('box new owner root', 'error owner /home/popmail/e/ex1/POP/ex1-0001/new',
     lambda: (chown(P + '/ex1-0001/new', 0, 0))),
    ('box 777', 'error writable /home/popmail/e/ex1/POP/ex1-0001',
     lambda: (chmod(P + '/ex1-0001', 0o777))),
    ('box is a link, 770', 'error writable /home/popmail/e/ex1/POP/ex1-0001',
     lambda: (mv(P + '/ex1-0001', '/home/joe'), link('../../../../joe', P + '/ex1-0001'), chmod('/home/joe', 0o770))),
    ('box is a link to what is root\'s', 'error owner /home/popmail/e/ex1/POP/ex1-0001',
     lambda: (mv(P + '/ex1-0001', '/home/joe'), link('../../../../joe', P + '/ex1-0001'), chown('/home/joe', 0, 0))),
    ('home is a link, 770', 'warning home-writable /home/popmail/e/ex1/DOMAINS/example.com',
     lambda: (mv(H, '/home/popmail/ex'), link('../../../ex', H), chmod('/home/popmail/ex', 0o770))),
    ('box new 777', 'error writable /home/popmail/e/ex1/POP/ex1-0001/new',
     lambda: (chmod(P + '/ex1-0001/new', 0o777))),
    ('box new 000', 'error closed /home/popmail/e/ex1/POP/ex1-0001/new',
     lambda: (chmod(P + '/ex1-0001/new', 0))),
    ('box new 500', 'error closed /home/popmail/e/ex1/POP/ex1-0001/new',
     lambda: (chmod(P + '/ex1-0001/new', 0o500))),
    ('box 500', 'error closed /home/popmail/e/ex1/POP/ex1-0001',
     lambda: (chmod(P + '/ex1-0001', 0o500))),
    ('box unmapped', f'warning nobodys-box {P}/ex1-0001 & error nobody {H}/.qmail-info:1',
     lambda: (rm(H + '/.qmail-joe'))),
    ('box extra', 'warning nobodys-box /home/popmail/e/ex1/POP/spare',
     lambda: (run('mailbox', 'box', 'example.com', 'spare'))),
    ('qv-last garbage', 'warning box-number /home/popmail/e/ex1/POP/.qv-last:1',
     lambda: (put(P + '/.qv-last', 'abc\n'))),
    ('RELAYHOST missing', 'error no-relayhost /home/serialmail/some.example.com/RELAYHOST',
     lambda: (rm(D + '/RELAYHOST'))),
    ('RELAYHOST empty', 'error bad-relayhost /home/serialmail/some.example.com/RELAYHOST',
     lambda: (put(D + '/RELAYHOST', ''))),
    ('RELAYHOST bad', 'error bad-relayhost /home/serialmail/some.example.com/RELAYHOST:1',
     lambda: (put(D + '/RELAYHOST', 'a b c\n'))),
    ('RELAYHOST crlf', '',
     lambda: (put(D + '/RELAYHOST', '127.0.0.3\r\n'))),
    ('RELAYHOST port 0', 'error bad-relayhost /home/serialmail/some.example.com/RELAYHOST:1',
     lambda: (put(D + '/RELAYHOST', '127.0.0.3:0\n'))),
    ('RELAYHOST second bad', 'error bad-relayhost /home/serialmail/some.example.com/RELAYHOST:2',
     lambda: (put(D + '/RELAYHOST', '127.0.0.3\n[::1\n'))),
    ('RELAYHOST 666', 'error writable /home/serialmail/some.example.com/RELAYHOST',
     lambda: (chmod(D + '/RELAYHOST', 0o666))),
    ('RELAYHOST dir', 'error unreadable /home/serialmail/some.example.com/RELAYHOST',
     lambda: (rm(D + '/RELAYHOST'), mkdir(D + '/RELAYHOST'))),
    ('dial Maildir missing', 'error no-maildir /home/serialmail/some.example.com/.qmail-default:1',
     lambda: (rm(D + '/Maildir'))),
    ('dial Maildir/new missing', 'error maildir-part /home/serialmail/some.example.com/Maildir/new',
     lambda: (rm(D + '/Maildir/new'))),
    ('dial home owner root', '',
     lambda: (chown(D, 0, 0))),
    ('dial default missing', 'error no-default /home/serialmail/some.example.com',
     lambda: (rm(D + '/.qmail-default'))),
    ('dial default noslash', 'error no-slash /home/serialmail/some.example.com/.qmail-default:1',
     lambda: (put(D + '/.qmail-default', './Maildir\n'))),
    ('dial default other', 'warning not-kept /home/serialmail/some.example.com/.qmail-default:1',
     lambda: (put(D + '/.qmail-default', '&x@y.z\n'))),
    ('dial default empty', 'warning empty /home/serialmail/some.example.com/.qmail-default',
     lambda: (put(D + '/.qmail-default', ''))),
    ('dial Maildir owner root', 'error owner /home/serialmail/some.example.com/Maildir/new',
     lambda: (chown(D + '/Maildir/new', 0, 0))),
    ('dial home gone', 'error no-home /var/qmail/users/assign:3',
     lambda: (rm(D))),
    ('orphan dialup dir', 'warning nobodys-host /home/serialmail/orphan.test',
     lambda: (cp(D, '/home/serialmail/orphan.test'))),
    ('a FIFO and a directory among the mail', 'warning not-a-message /home/serialmail/some.example.com/Maildir/new/a',
     lambda: (os.mkfifo(ROOT + '/home/serialmail/some.example.com/Maildir/new/b'), mkdir('/home/serialmail/some.example.com/Maildir/new/a'))),
    ('unsendable no Return-Path', 'error unsendable /home/serialmail/some.example.com/Maildir/new/1.a',
     lambda: (msg(D + '/Maildir/new/1.a', 'Subject: x\n\nhi\n'))),
    ('unsendable prefix', 'error unsendable /home/serialmail/some.example.com/Maildir/new/1.a',
     lambda: (msg(D + '/Maildir/new/1.a', 'Return-Path: <a@b>\nDelivered-To: other-x@some.example.com\n\nhi\n'))),
    ('unsendable owner root 600', 'error unsendable /home/serialmail/some.example.com/Maildir/new/1.a',
     lambda: (msg(D + '/Maildir/new/1.a'), chown(D + '/Maildir/new/1.a', 0, 0), chmod(D + '/Maildir/new/1.a', 0o600))),
    ('fresh mail', '',
     lambda: (msg(D + '/Maildir/new/1.a'))),
    ('a list with an address that the server refuses', f'warning refused {D}/.qv-recipients:2',
     lambda: (put(D + '/.qv-recipients', 'ann\nJoe\nsales-*\n'), refused('joe', 14), refused('x', 3))),
    ('a list whose pattern has such an address', f'warning refused {D}/.qv-recipients:2',
     lambda: (put(D + '/.qv-recipients', 'ann\nsales-*\n'), refused('sales-x', 2))),
    ('a list with an address that was refused long ago, and no list', '',
     lambda: (put(D + '/.qv-recipients', 'ann\n'), refused('ann', 2, 8 * 86400))),
    ('no list, and refusals', '',
     lambda: (refused('ann', 2))),
    ('the only address of a list', f'warning refused {D}/.qv-recipients:1',
     lambda: (put(D + '/.qv-recipients', 'ann\n'), refused('ann', 1))),
    ('garbage among the refusals', f'warning refused {D}/.qv-recipients:1',
     lambda: (put(D + '/.qv-recipients', 'ann\njoe\n'), refused('ann', 1), append(D + '/.qv-refused', '\n5\nx y z\n9 ann'))),
    ('more refusals than are ever kept', '',
     lambda: (put(D + '/.qv-recipients', 'ann\njoe\n'), refused('ann', 1200))),
    ('RCPTs are checked', '',
     lambda: (mkdir('/usr'), mkdir('/usr/sbin'), put('/usr/sbin/qv-rcpt', ''), put(C + 'rcptchecks', '/usr/sbin/qv-rcpt\n'),
              put(C + 'recipients', '*|/usr/sbin/qv-rcpt --fd3\n'))),
    ('RCPTs are checked by what does not exist', f'error no-rcpt {C}smtpplugins:2',
     lambda: (put(C + 'smtpplugins', '[rcpt]\n/usr/sbin/qv-rcpt --spp\n'))),
    ('RCPTs are checked by a program of a longer name', '',
     lambda: (put(C + 'smtpplugins', '[rcpt]\n/etc/qv-rcpt-of-ours\n/etc/old.qv-rcpt\n'))),
    ('late mail', 'warning late /home/serialmail/some.example.com/Maildir/new',
     lambda: (msg(D + '/Maildir/new/1.a', age=20000))),
    ('very late mail', 'warning late /home/serialmail/some.example.com/Maildir/new',
     lambda: (msg(D + '/Maildir/new/1.a', age=2000000))),
    ('late mail paused', 'warning late /home/serialmail/some.example.com/Maildir/new',
     lambda: (msg(D + '/Maildir/new/1.a', age=20000), run('domain', 'pause', 'some.example.com'))),
    ('qv-trigger mode 644', 'error not-secret /var/qmail/users/qv-trigger',
     lambda: (may_call('some.example.com'), chmod(U + 'qv-trigger', 0o644))),
    ('qv-trigger owner', 'error not-secret /var/qmail/users/qv-trigger',
     lambda: (may_call('some.example.com'), chown(U + 'qv-trigger', 510, 51))),
    ('qv-trigger bad line', 'error bad-line /var/qmail/users/qv-trigger:2',
     lambda: (may_call('some.example.com'), append(U + 'qv-trigger', 'host.example.net: 192.0.2.1\n'))),
    ('qv-trigger twice', 'warning same-host /var/qmail/users/qv-trigger:2',
     lambda: (may_call('some.example.com'), append(U + 'qv-trigger', 'some.example.com:from=192.0.2.2\n'))),
    ('qv-trigger of no host', 'warning no-host /var/qmail/users/qv-trigger:2',
     lambda: (may_call('some.example.com'), append(U + 'qv-trigger', 'example.com:from=192.0.2.2\n'))),
    ('qv-trigger two secrets', 'warning two-secrets /var/qmail/users/qv-trigger:2',
     lambda: (may_call('some.example.com'), append(U + 'qv-trigger', f'host.example.net:user=joe cram-md5={"0" * 64}\n'))),
    ('qv-trigger: comments, blanks, two users', '',
     lambda: (may_call('some.example.com'), append(U + 'qv-trigger', f'# x\n\nhost.example.net: user=ann  cram-md5={"0" * 64}\r\n'))),
    ('qv-passwd mode 644', 'error not-secret /var/qmail/users/qv-passwd',
     lambda: (chmod(U + 'qv-passwd', 0o644))),
    ('qv-passwd.cdb mode 644', 'error not-secret /var/qmail/users/qv-passwd.cdb',
     lambda: (chmod(U + 'qv-passwd.cdb', 0o644))),
    ('qv-passwd owner', 'error not-secret /var/qmail/users/qv-passwd',
     lambda: (chown(U + 'qv-passwd', 510, 51))),
    ('qv-passwd.cdb stale', 'error cdb-stale /var/qmail/users/qv-passwd.cdb',
     lambda: (put(U + 'qv-passwd', get(U + 'qv-passwd').split('\n')[0] + '\n'))),
    ('qv-passwd.cdb missing', 'error cdb-stale /var/qmail/users/qv-passwd.cdb',
     lambda: (rm(U + 'qv-passwd.cdb'))),
    ('qv-passwd bad line', 'error bad-line /var/qmail/users/qv-passwd:3',
     lambda: (append(U + 'qv-passwd', 'nonsense\n'))),
    ('qv-passwd gone box', 'warning no-box /var/qmail/users/qv-passwd:2 & error cdb-stale /var/qmail/users/qv-passwd.cdb',
     lambda: (put(U + 'qv-passwd', get(U + 'qv-passwd').replace('ex2-0001', 'ex2-0077')))),
    ('qv-passwd dup', 'warning same-name /var/qmail/users/qv-passwd:3 & error cdb-stale /var/qmail/users/qv-passwd.cdb',
     lambda: (append(U + 'qv-passwd', get(U + 'qv-passwd').split('\n')[0] + '\n'))),
    ('id in id', 'warning id-in-id /var/qmail/users/assign:5',
     lambda: (run('domain', 'add', 'pop', 'x.org', 'ex1', '--id', 'other-b'))),
    ('alias prefix differs', 'error no-assign /var/qmail/control/virtualdomains:7',
     lambda: (edit(C + 'virtualdomains', 'alias.com:example.com', 'alias.com:nowhere'))),
    ('alias domain only .d', 'warning sub-domains-alone /var/qmail/control/virtualdomains:7',
     lambda: (drop(C + 'virtualdomains', 'alias.com:'))),
    ('full address vd unassigned', 'error no-assign /var/qmail/control/virtualdomains:9',
     lambda: (append(C + 'virtualdomains', 'joe@full.test:nix\n'))),
    ('rcpthosts has capital', '',
     lambda: (edit(C + 'rcpthosts', 'third.com', 'Third.com'))),
    ('users dir 777', 'error writable /var/qmail/users',
     lambda: (chmod('/var/qmail/users', 0o777))),
    ('control dir 777', 'error writable /var/qmail/control',
     lambda: (chmod('/var/qmail/control', 0o777))),
    ('control dir 700', 'error closed /var/qmail/control',
     lambda: (chmod('/var/qmail/control', 0o700))),
    ('smtproutes h.test:mx.test:', 'error route-port /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:mx.test:\n'))),
    ('smtproutes h.test:mx.test:abc', 'error route-port /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:mx.test:abc\n'))),
    ('smtproutes h.test:mx.test:0', 'error route-port /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:mx.test:0\n'))),
    ('smtproutes h.test::', 'error route-nowhere /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test::\n'))),
    ('smtproutes h.test::25', 'error route-nowhere /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test::25\n'))),
    ('smtproutes h.test:[::1]', 'warning route-ipv6 /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:[::1]\n'))),
    ('smtproutes h.test:::1', 'error route-nowhere /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:::1\n'))),
    ('smtproutes h.test:fe80::1:25', 'error route-ipv6 /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:fe80::1:25\n'))),
    ('smtproutes h.test:mx.test:26x', 'warning route-port /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:mx.test:26x\n'))),
    ('smtproutes h.test: mx.test', 'error route-nowhere /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test: mx.test\n'))),
    ('smtproutes h.test:mx.test:65536', 'error route-port /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:mx.test:65536\n'))),
    ('smtproutes h.test:mx test', 'error route-nowhere /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:mx test\n'))),
    ('smtproutes h.test:', '',
     lambda: (append(C + 'smtproutes', 'h.test:\n'))),
    ('smtproutes h.test:mx.test:25', '',
     lambda: (append(C + 'smtproutes', 'h.test:mx.test:25\n'))),
    ('smtproutes h.test:[10.0.0.1]:25', '',
     lambda: (append(C + 'smtproutes', 'h.test:[10.0.0.1]:25\n'))),
    ('smtproutes h.test:10.0.0.1', '',
     lambda: (append(C + 'smtproutes', 'h.test:10.0.0.1\n'))),
    ('smtproutes :relay.test', '',
     lambda: (append(C + 'smtproutes', ':relay.test\n'))),
    ('smtproutes h.test:mx.test 25', 'error route-nowhere /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:mx.test 25\n'))),
    ('smtproutes h.test:mx_x.test', '',
     lambda: (append(C + 'smtproutes', 'h.test:mx_x.test\n'))),
    ('smtproutes h.test:127.0.0.1:70000', 'warning route-port /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:127.0.0.1:70000\n'))),
    ('smtproutes h.test:10.0.0.999', 'error route-host /var/qmail/control/smtproutes:3',
     lambda: (append(C + 'smtproutes', 'h.test:10.0.0.999\n'))),
    ('forward to nobody here', f'error nobody {H}/.qmail-info:1',
     lambda: (put(H + '/.qmail-info', '&jo@example.com\n'))),
    ('forward to a sub-domain, another domain here, a dial-up host, a full stop', '',
     lambda: (put(H + '/.qmail-info', '&jo@sub.example.com\n&Bob@other.org\nx.y@some.example.com\nJOE@alias.com\njoe@elsewhere.test.\n'))),
    ('forward to the alias of a domain, where nobody is', f'error nobody {H}/.qmail-info:2',
     lambda: (put(H + '/.qmail-info', '# x\n&info.x@alias.com\n'))),
    ('forward to itself by an alias', f'error loop {H}/.qmail-info:1',
     lambda: (put(H + '/.qmail-info', '&INFO@alias.com\n'))),
    ('no etc/passwd, as in a rescue shell: the rest is looked at', f'error no-popuser /etc/passwd & error loop {H}/.qmail-a:1',
     lambda: (rm('/etc/passwd'), forward('a', 'a@example.com'))),
    ('no popusr in etc/passwd', f'error no-popuser /etc/passwd & error nobody {H}/.qmail-a:1',
     lambda: (put('/etc/passwd', get('/etc/passwd').replace('popusr', 'poppy')), forward('a', 'jo@example.com'))),
    ('forwards that go round over two files', f'error loop {H}/.qmail-a:1',
     lambda: (forward('a', 'b@example.com'), forward('b', 'a@example.com'))),
    ('forwards that go round over three files, by another name of the domain, and one that leads there', f'error loop {H}/.qmail-a:2',
     lambda: (forward('a', 'joe@example.com', 'b@alias.com'), forward('b', 'c@example.com'), forward('c', 'a@example.com'),
              forward('0', 'z@elsewhere.test', 'c@example.com'))),
    ('two loops', f'error loop {H}/.qmail-a:1 & error loop {H}/.qmail-a:2',
     lambda: (forward('a', 'b@example.com', 'c@example.com'), forward('b', 'a@example.com'), forward('c', 'a@example.com'))),
    ('catch-alls that point at each other', f'error loop {H}/.qmail-default:1',
     lambda: (run('domain', 'add', 'pop', 'zz.example', 'ex1'), run('mailbox', 'default', 'zz.example', 'any@example.com'),
              run('mailbox', 'default', 'example.com', 'any@zz.example', '--force'))),
    ('two ways to one box are no loop', '',
     lambda: (forward('a', 'b@example.com', 'c@example.com'), forward('b', 'joe@example.com'), forward('c', 'joe@example.com'))),
    ('catch-all to postmaster, who is gone', f'warning nobodys-box {P}/ex1-0000 & error loop {H}/.qmail-default:1',
     lambda: (run('mailbox', 'default', 'example.com', 'postmaster@example.com'), rm(H + '/.qmail-postmaster'))),
    ('forward to no host', ' & '.join(f'error bad-address {H}/.qmail-info:{n}' for n in range(1, 7)),
     lambda: (put(H + '/.qmail-info', 'a@\na@b..c\na@b\xffc.test\na@b/c\n@b.test\na@.b\n'))),
    ('forward, the same twice', f'warning twice {H}/.qmail-info:3',
     lambda: (put(H + '/.qmail-info', 'joe@example.com\nbob@other.org\njoe@example.com\n'))),
    ('box, the same twice', f'warning twice {H}/.qmail-joe:2',
     lambda: (put(H + '/.qmail-joe', get(H + '/.qmail-joe') * 2))),
    ('program, the same twice', '',
     lambda: (put(H + '/.qmail-joe', '|true\n|true\n' + get(H + '/.qmail-joe')))),
    ('Maildir of another name, by a slip behind the dot', f'error no-maildir {H}/.qmail-news:1',
     lambda: (maildir(H + '/Mail'), put(H + '/.qmail-news', '.|Mail/\n'), chown(H + '/.qmail-news', 510, 51))),
    ('Maildir of the home', '',
     lambda: (maildir(H + '/Mail'), put(H + '/.qmail-news', '././Mail/\n'), chown(H + '/.qmail-news', 510, 51))),
    ('box cut short to the directory of boxes', f'error no-maildir {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', P + '/'))),
    ('box cut short to the root', f'error no-maildir {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '/'))),
    ('box cut short to an mbox', f'error no-mbox {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', P + '/ex1-000'))),
    ('mbox where nothing may be made', f'error no-mbox {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '/ho'))),
    ('mbox is a directory', f'error no-mbox {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', P))),
    ('mbox in a Maildir', f'error no-mbox {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', P + '/ex1-0001/x'))),
    ('.qmail with a NUL byte', f'error nul {H}/.qmail-joe:2',
     lambda: (put(H + '/.qmail-joe', get(H + '/.qmail-joe') + '/home/popmail/\0e/\n'))),
    ('.QMAIL-JOE', f'warning never-read {H}/.QMAIL-JOE',
     lambda: (mv(H + '/.qmail-joe', H + '/.QMAIL-JOE'))),
    ('box is a link to nowhere', f'error unreadable {P}/ex1-0001',
     lambda: (rm(P + '/ex1-0001'), link('nowhere', P + '/ex1-0001'))),
    ('mbox below nothing', f'error no-mbox {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', './gone/mbox'))),
    ('Maildir of the home that lacks a part', f'error no-maildir {H}/.qmail-news:1',
     lambda: (maildir(H + '/Mail'), rm(H + '/Mail/new'), put(H + '/.qmail-news', './Mail/\n'), chown(H + '/.qmail-news', 510, 51))),
    ('Maildir of the home that is root\'s', f'error no-maildir {H}/.qmail-news:1',
     lambda: (maildir(H + '/Mail'), chown(H + '/Mail/tmp', 0, 0), put(H + '/.qmail-news', './Mail/\n'), chown(H + '/.qmail-news', 510, 51))),
    ('box with a typing error in its name', f'error no-maildir {H}/.qmail-joe:1',
     lambda: (edit(H + '/.qmail-joe', '0001', '00001'))),
    ('two ids for one home, and something wrong there', f'error bad-address {H}/.qmail-info:1',
     lambda: (edit(U + 'assign', '\n.\n', f'\n+another-:ex1:510:51:{H}:-::\n.\n'), run('newu'), append(C + 'rcpthosts', 'another.test\n'),
              append(C + 'virtualdomains', 'another.test:another\n'), put(H + '/.qmail-info', '& joe@example.com\n'))),
    ('alias', '',
     lambda: (alias())),
    ('alias as INSTALL.alias makes it', '',
     lambda: (alias(), [put('/var/qmail/alias/.qmail-' + x, '') for x in ("postmaster", "mailer-daemon", "root")])),
    ('Maildir of the home that lacks a part and has mail', f'error no-maildir {H}/.qmail-news:1',
     lambda: (maildir(H + '/Mail'), rm(H + '/Mail/tmp'), msg(H + '/Mail/new/1.a'), chmod(H + '/Mail/new', 0o750), put(H + '/.qmail-news', './Mail/\n'), chown(H + '/.qmail-news', 510, 51))),
    ('dead line of another customer\'s', f'error leading-blank {C}virtualdomains:9',
     lambda: (append(C + 'virtualdomains', ' example.com:other\n'))),
    ('dead line of another customer\'s, a blank before the colon', f'error blank-before-colon {C}virtualdomains:9',
     lambda: (append(C + 'virtualdomains', 'example.com :other\n'))),
    ('dead exclusion', f'error leading-blank {C}virtualdomains:9',
     lambda: (append(C + 'virtualdomains', ' example.com:\n'))),
    ('dead line of locals for a virtual domain', f'error leading-blank {C}locals:3',
     lambda: (append(C + 'locals', ' example.com\n'))),
    ('CR line of locals for a virtual domain', f'error crlf {C}locals:3',
     lambda: (append(C + 'locals', 'example.com\r\n'))),
    ('dead route beside one that works', f'error leading-blank {C}smtproutes:3',
     lambda: (append(C + 'smtproutes', ' second.com:old.second.com\n'))),
    ('dead line that says the same', f'error leading-blank {C}virtualdomains:9 & warning double {C}virtualdomains:1',
     lambda: (append(C + 'virtualdomains', ' example.com:example.com\n'))),
    ('assign names another user, and no newu', f'error no-maildir /home/ann/.qmail-x:1 & error cdb-stale {U}cdb',
     lambda: (ann(), edit(U + 'assign', ':1001:', ':1002:'))),
    ('home of a user, group-writable', 'warning home-writable /home/ann & warning qmail-writable /home/ann/.qmail-x',
     lambda: (ann(), chmod('/home/ann', 0o775), chmod('/home/ann/.qmail-x', 0o664))),
    ('home of a user, a blank', 'error leading-blank /home/ann/.qmail-x:1',
     lambda: (ann(), put('/home/ann/.qmail-x', ' ./Maildir/\n'))),
    ('home of a user, a program that only he could see is missing', 'error no-program /home/ann/.qmail-x:1',
     lambda: (ann(), mkdir('/home/ann/bin'), chown('/home/ann/bin', 1001, 100), chmod('/home/ann/bin', 0o700), put('/home/ann/.qmail-x', '|/home/ann/bin/sort\n'))),
    ('home of a user, missing', f'error no-home {U}assign:5',
     lambda: (ann(), rm('/home/ann'))),
    ('home of a user, shelved', '',
     lambda: (ann(), edit(U + 'assign', '/home/ann:-:', '/home/ann:-/:'), run('newu'), mkdir('/home/ann/.qmail-'), mv('/home/ann/.qmail-x', '/home/ann/.qmail-/x'))),
    ('.qmail with a CR alone in the first line', f'error crlf {H}/.qmail-joe:1',
     lambda: (put(H + '/.qmail-joe', '\r\n' + get(H + '/.qmail-joe')))),
    ('forward to an address with a line of its own in virtualdomains', '',
     lambda: (ann(), put(H + '/.qmail-info', 'zoe@example.com\n'), append(C + 'virtualdomains', 'zoe@example.com:ann-x\n'))),
    ('forward to what a longer line of users/assign has', '',
     lambda: (ann(), put(H + '/.qmail-info', 'list-a@example.com\nbig@example.com\n'),
              edit(U + 'assign', '\n.\n', '\n+example.com-list-:ann:1001:100:/home/ann:-::\n=example.com-big:ann:1001:100:/home/ann:-:x:\n.\n'), run('newu'))),
    ('forward behind a program', '',
     lambda: (put(H + '/.qmail-default', '|fastforward -p -d /etc/aliases.cdb\n&nobody@example.com\n'), chown(H + '/.qmail-default', 510, 51))),
    ('users of this host alone', f'warning nobodys-home {H} & warning nobodys-home /home/popmail/e/ex2/DOMAINS/other.org',
     lambda: (ann(), put(U + 'assign', '+ann-:ann:1001:100:/home/ann:-::\n.\n'), run('newu'), rm(C + 'virtualdomains'),
              rm(D), rm('/home/serialmail/host.example.net'))),
    ('virtual domains of users of this host, and no users/assign', '',
     lambda: (ann(), rm(U + 'assign'), rm(U + 'cdb'), put(C + 'virtualdomains', 'example.com:ann\n.example.com:alias-x\n'), rm(D), rm('/home/serialmail/host.example.net'))),
    ('cdb is a link to what it should be', '',
     lambda: (mv(U + 'cdb', U + 'x'), link('x', U + 'cdb'))),
    ('cdb is a link to something else', f'error cdb-stale {U}cdb',
     lambda: (rm(U + 'cdb'), put(U + 'x', 'x' * 3000), link('x', U + 'cdb'))),
    ('a name that cannot be typed', f'warning never-read {H}/.qmail-B\nx',
     lambda: (put(H + '/.qmail-B\nx', '#\n'), chown(H + '/.qmail-B\nx', 510, 51))),
    ('a file among the boxes', f'warning no-maildir {P}/README',
     lambda: (put(P + '/README', 'x'))),
    ('a box of another customer\'s lacks a part', f'error maildir-part {P}/ex1-0001/tmp',
     lambda: (put('/home/popmail/e/ex2/DOMAINS/other.org/.qmail-bob', f'{P}/ex1-0001/\n/home/popmail/e/ex2/POP/ex2-0001/\n'), rm(P + '/ex1-0001/tmp'))),
    ('programs that a shell finds', '',
     lambda: (put(H + '/.qmail-joe', '|/opt/v\\ x/prog\n|/opt/foo-$X/bin\n|/bi?/true\n|"/opt/a b"\n' + get(H + '/.qmail-joe')))),
    ('box by another spelling', '',
     lambda: (put(H + '/.qmail-joe', './../../POP//ex1-0001/\n'))),
    ('alias without postmaster', 'warning no-postmaster /var/qmail/alias/.qmail-postmaster',
     lambda: (alias(), rm('/var/qmail/alias/.qmail-postmaster'))),
    ('alias file 600', 'error qmail-unreadable /var/qmail/alias/.qmail-root',
     lambda: (alias(), chmod('/var/qmail/alias/.qmail-root', 0o600))),
    ('alias file 666', 'error qmail-writable /var/qmail/alias/.qmail-root',
     lambda: (alias(), chmod('/var/qmail/alias/.qmail-root', 0o666))),
    ('alias file begins with a blank line', 'error first-line-blank /var/qmail/alias/.qmail-root:1',
     lambda: (alias(), put('/var/qmail/alias/.qmail-root', '\njoe@example.com\n'))),
    ('alias to nobody', 'error nobody /var/qmail/alias/.qmail-root:1',
     lambda: (alias(), put('/var/qmail/alias/.qmail-root', 'jo@example.com\n'))),
    ('alias to users of this host, with and without it', 'error nobody /var/qmail/alias/.qmail-root:3 & error nobody /var/qmail/alias/.qmail-root:4',
     lambda: (alias(), put('/var/qmail/alias/.qmail-root', 'Qmails-x\nmailer-daemon@LocalHost\nno\nno@localhost\n'))),
    ('alias to itself', 'error loop /var/qmail/alias/.qmail-root:1',
     lambda: (alias(), put('/var/qmail/alias/.qmail-root', 'root\n'))),
    ('local, but only for those who are here', '',
     lambda: (append(C + 'locals', 'other.example.net\n'))),
    ('alias with a Maildir that is not there', 'error no-maildir /var/qmail/alias/.qmail-root:1',
     lambda: (alias(), put('/var/qmail/alias/.qmail-root', './Maildir/\n'))),
    ('alias 000', 'error home-closed /var/qmail/alias',
     lambda: (alias(), chmod('/var/qmail/alias', 0))),
    ('assign lost a line in use, and no newu', 'error no-assign /var/qmail/control/virtualdomains:5 & error cdb-stale /var/qmail/users/cdb',
     lambda: (drop(U + 'assign', '+some'))),
    ('assign was cut off behind a line', 'error no-assign /var/qmail/control/virtualdomains:3 & error no-assign /var/qmail/control/virtualdomains:5'
     ' & error no-assign /var/qmail/control/virtualdomains:6 & error no-end /var/qmail/users/assign:1',
     lambda: (put(U + 'assign', get(U + 'assign').split('\n')[0] + '\n'))),
    ('box lost two parts and is root\'s', ' & '.join([f'error owner {P}/ex1-0001'] + [f'error maildir-part {P}/ex1-0001/{x}' for x in ('tmp', 'cur')]),
     lambda: (rm(P + '/ex1-0001/tmp'), rm(P + '/ex1-0001/cur'), chown(P + '/ex1-0001', 0, 0))),
    ('box lost its parts and is root\'s', ' & '.join([f'error owner {P}/ex1-0001'] + [f'error maildir-part {P}/ex1-0001/{x}' for x in ('tmp', 'new', 'cur')]),
     lambda: (rm(P + '/ex1-0001'), mkdir(P + '/ex1-0001'))),
    ('among the boxes is what is none', f'warning no-maildir {P}/old',
     lambda: (mkdir(P + '/old'))),
    ('POP is a link to nowhere', f'error unreadable {P}',
     lambda: (rm(P), link('nowhere', P))),
    ('qv-passwd.cdb is a directory', f'error unreadable {U}qv-passwd.cdb',
     lambda: (rm(U + 'qv-passwd.cdb'), mkdir(U + 'qv-passwd.cdb'))),
    ('dial-up host is a link to nowhere', f'error unreadable {D}',
     lambda: (rm(D), link('nowhere', D))),
    ('assign has a wrong home and no cdb', 'error no-home /var/qmail/users/assign:3 & error cdb-stale /var/qmail/users/cdb',
     lambda: (edit(U + 'assign', '/home/serialmail/some', '/home/serialmail/sume'), rm(U + 'cdb'))),
] + [
    (f'{f} is a directory', f'error unreadable {f}', lambda f=f: (rm(f), mkdir(f)))
    for f in (C + 'me', C + 'rcpthosts', C + 'virtualdomains', C + 'smtproutes', C + 'locals', C + 'morercpthosts', U + 'assign')
] + [
    (f'{f} is a link', f'error link {f}', lambda f=f: (mv(f, f + '.real'), link(os.path.basename(f) + '.real', f)))
    for f in (C + 'me', C + 'virtualdomains', U + 'assign')
] + [
    (f'{f} begins with a byte order mark', f'error byte-order-mark {f}:1', lambda f=f: (put(f, '\xef\xbb\xbf' + get(f))))
    for f in (C + 'rcpthosts', C + 'virtualdomains', C + 'smtproutes', C + 'locals')
]


def fresh(path, copy_of):
    subprocess.run(["rm", "-rf", path], check=True)
    subprocess.run(["cp", "-a", copy_of, path], check=True)


def setup():
    """Nothing is wrong with it."""
    os.makedirs(BASE + "/etc", exist_ok=True)
    subprocess.run(["cp", "-r", os.path.dirname(__file__) + "/../../rootfs/.", BASE], check=True)
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", BASE], check=True)  # whatever umask git was given
    with open(BASE + "/etc/passwd", "w", encoding="ascii") as f:
        f.write(USERS)
    with open(BASE + C + "morercpthosts", "w", encoding="ascii") as f:
        f.write("more.example\n.more.example\n")
    for command in SETUP.splitlines():
        done = run(*command.split(), root=BASE)
        assert done.returncode == 0, (command, done.stderr)


def found():
    """What qv-check says of the tree."""
    done = run("check", "-j")
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def name(finding):
    line = f":{finding['line']}" if finding["line"] else ""
    return f"{finding['severity']} {finding['name']} {finding['file']}{line}"


def mended(findings):
    """What --fix and the commands that are shown leave of these."""
    path = f"{SCRATCH}/bin:{os.environ['PATH']}"
    for f in findings:
        if not f["fixable"] and f["mend"] and not f["mend"].startswith("vi ") and "ADDRESS" not in f["mend"]:
            subprocess.run(["sh", "-c", f["mend"]], env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
    if any(f["fixable"] for f in findings):
        run("check", "--fix")
    by_hand = [f for f in findings if not f["mend"] or f["mend"].startswith(("vi ", "qv-flush ", "ls -lib ")) or "ADDRESS" in f["mend"]]
    return [name(f) for f in found() if name(f) in map(name, findings) and name(f) not in map(name, by_hand)]


PRELUDE = """n=$1
hit() { n=$((n - 1)); [ $n -ne 0 ]; }
for word in echo cat cp mv rm mkdir chown chmod sed hostname maildirmake qv-newu qv-newmrh qv-check qv-domain qv-mailbox; do
	eval "$word() { hit || return 1; command $word \\"\\$@\\"; }"
done
"""


def files():
    """What every file of the tree says."""
    return {path: open(path, "rb").read() for d, _, names in os.walk(ROOT)
            for path in (os.path.join(d, x) for x in names) if os.path.isfile(path) and not os.path.islink(path)}


def destroyed(spring, command):
    """What is gone when a step of this command fails: each file must say what it said, or be elsewhere, or be what the command makes."""
    path = f"{SCRATCH}/bin:{os.environ['PATH']}"
    whole, lost = None, []
    for step in range(command.count("&&") + 2):
        fresh(ROOT, BASE)
        spring()
        before = files()
        subprocess.run(["bash", "-c", PRELUDE + command, "bash", str(step)], env={**os.environ, "PATH": path},
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        after = files()
        whole = after if step == 0 else whole
        lost += [f"{x} in step {step}" for x, text in before.items()
                 if text not in after.values() and (x not in after or step > 0 and after[x] != whole[x])]
    return lost


def halfway(spring, findings, tried):
    """Each kind of command once."""
    lost = []
    for f in findings:
        kind = (f["name"], *(x for x in (f["mend"] or "").split() if "/" not in x))
        if f["fixable"] or not f["mend"] or f["mend"].startswith("vi ") or kind in tried:
            continue
        tried.add(kind)
        lost += [f"{f['mend']}: {x}" for x in destroyed(spring, f["mend"])]
    return lost


def main():
    wrong = 0
    tried = set()
    setup()
    subprocess.run([QVMAIL, "--install", "-s", "--compat", SCRATCH + "/bin"], check=True)
    # The machine's own name may resolve nowhere.
    with open(SCRATCH + "/bin/hostname", "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o755)) as f:
        f.write("#!/bin/sh\necho gateway.example.net\n")
    for title, want, spring in [("the set-up itself", "", lambda: None)] + TRAPS:
        fresh(ROOT, BASE)
        spring()
        findings = found()
        got = " & ".join(map(name, findings))
        left = mended(findings) if findings else []
        lost = halfway(spring, findings, tried)
        if got != want or left or lost:
            wrong += 1
            print(f"{title}\n  want: {want}\n  got:  {got}\n  not mended: {left}\n  destroyed: {lost}")
    print(f"{len(TRAPS)} set-ups broken, {wrong} told wrong")
    return wrong


os.makedirs(SCRATCH + "/bin")
sys.exit(main() > 0)
