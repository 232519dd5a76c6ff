# To qv-master what qmail-send is: at the start and at a HUP it reads virtualdomains, and keeps what it read in queue/read. As
# qmail-send does, it takes for empty only what does not exist: what cannot be read leaves all as it was, and here is tried again.
import fcntl, os, select, signal

HOME = "/var/qmail"
open("/proc/self/comm", "w").write("qmail-send")
os.chdir(HOME + "/queue")
if not os.path.exists("lock/trigger"):
    os.mkfifo("lock/trigger")
mutex = os.open("lock/sendmutex", os.O_WRONLY | os.O_CREAT)
fcntl.flock(mutex, fcntl.LOCK_EX)
trigger = os.open("lock/trigger", os.O_RDWR | os.O_NONBLOCK)
due = True


def hup(number, frame):
    global due
    due = True


def control(name):
    try:
        return open(HOME + "/control/" + name).read()
    except FileNotFoundError:
        return ""


signal.signal(signal.SIGHUP, hup)
while True:
    if due:
        due = False
        try:
            for name in "locals", "virtualdomains":
                text = control(name)
            open("read.new", "w").write(text)
            os.rename("read.new", "read")
        except OSError:
            due = True
    select.select([trigger], [], [], 0.2)
    try:
        os.read(trigger, 4096)
    except OSError:
        pass
