"""mails.py leave PHASE COUNT NEW SENT      messages into NEW, what is expected of them into SENT
mails.py table SENT BOX NEW LOG             what became of them: lines for a table"""

import sys

sys.path.insert(0, sys.path[0])
import kinds
import outcome

verb, *words = sys.argv[1:]
if verb == "leave":
    kinds.leave(*words)
else:
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print("\n".join(outcome.Run(*words).lines()))
