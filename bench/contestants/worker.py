"""The loop of every Python process of the bench: one JSON command a line on stdin, one JSON answer a line on stdout."""

import json
import sys
import time


def serve(**commands):
    """Calls the command that each line's `do` names, with the line's other members. Ends with stdin."""
    for line in sys.stdin:
        arguments = json.loads(line)
        command = commands[arguments.pop("do")]
        print(json.dumps(command(**arguments)), flush=True)


def timed_sum(sum_column):
    """Returns the answer to a `sum` command. The total is text, because the reader's JSON numbers end at 2^53."""
    start = time.perf_counter()
    total = sum_column()
    return {"ms": (time.perf_counter() - start) * 1000, "total": str(total)}
