"""What every part shares: its arguments, one clock for the whole lab, a polite end.

The director (visit.py) starts all parts early and tells them the moment T0 on the monotonic clock, which all
processes of a machine share. A part imports its stack, waits for T0 + `at`, works, and ends at LAB_END by itself,
so a forgotten process cannot live longer than a visit.
"""
import json
import os
import random
import select
import signal
import sys
import time
import warnings

warnings.filterwarnings("ignore")
# CPython sleeps until an absolute moment, and libfaketime 0.9.10 shifts that moment even on the monotonic clock
# (EINVAL). select() takes a duration, so everybody in this process, stacks included, sleeps with it.
time.sleep = lambda seconds: select.select([], [], [], max(0.0, seconds)) and None
ARGS = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
T0 = float(os.environ.get("LAB_T0", time.monotonic()))
END = float(os.environ.get("LAB_END", T0 + 30))
NAME = os.environ.get("LAB_HOST", "part")
RNG = random.Random(f"{NAME} {sys.argv[0].rsplit('/', 1)[-1]}")  # same seed in both visits: the same site, twice

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))


def left() -> float:
    return max(0.0, END - time.monotonic())


def begin() -> None:
    """Wait for our moment on the common clock."""
    time.sleep(max(0.0, T0 + ARGS.get("at", 1) - time.monotonic()))


def every(period: float, until: float | None = None):
    """0, 1, 2 … once per period. Deadlines are absolute: a slow answer does not shift the rhythm, as in a PLC."""
    stop = END - 2 if until is None else min(END - 2, T0 + until)
    n, start = 0, time.monotonic()
    while time.monotonic() < stop:
        yield n
        n += 1
        time.sleep(min(start + n * period, stop) - time.monotonic())  # never past the end: the last FIN is recorded too


def rest() -> None:
    """A server that works in threads has nothing else to do here."""
    time.sleep(left() + 5)
