"""Hundreds of alarms whose handler raises, at random moments of submitting work: each must arrive where it was sent.

Prints how many were swallowed on the way, and that the pools still work.
"""

# As programs are written: without types.
# mypy: ignore-errors

import multiprocessing.pool
import random
import signal
import sys
import traceback

SHOTS = int(sys.argv[1]) if len(sys.argv) > 1 else 300
LONGEST = 0.0006


class Expired(Exception):
    """A time-out as libraries define it."""


class Lost(ConnectionError):
    """A kind of OSError, as our own system calls raise."""


KINDS = (TimeoutError, Expired, Lost, KeyboardInterrupt, AttributeError, ImportError)
fired = 0
where = ""
ignored = []
"""What struck a finalizer of the standard library's: the interpreter says so, and nobody could have it."""


def alarm(_number, frame):
    global fired, where
    fired += 1
    where = "".join(traceback.format_stack(frame)[-4:])
    raise KINDS[fired % len(KINDS)]


def submit_until(before, act):
    while fired == before:
        act()


def until_the_alarm(act):
    """Whether what the handler raised arrived here."""
    before, ignored[:] = fired, []
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.00001, LONGEST))
        submit_until(before, act)
    except KINDS:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return bool(ignored)


def main():
    signal.signal(signal.SIGALRM, alarm)
    sys.unraisablehook = lambda raised: ignored.append(raised.exc_type)
    swallowed = 0
    spare = multiprocessing.pool.ThreadPool(1)
    pool = multiprocessing.pool.ThreadPool(1)
    acts = [lambda: pool.apply_async(abs, (-1,), {}), lambda: pool.map_async(abs, [1, -2])]
    for shot in range(SHOTS):
        if not until_the_alarm(acts[shot % len(acts)]):
            print("swallowed", KINDS[fired % len(KINDS)].__name__, "thrown in at", where, file=sys.stderr)
            swallowed += 1
        if shot % 40 == 39:  # what an alarm leaves half done may be anything, also without us
            pool.terminate()
            pool = multiprocessing.pool.ThreadPool(1)
    print("swallowed", swallowed)
    print(spare.map(abs, [-3, 4]), spare.apply(abs, (-5,)))
    spare.terminate()
    pool.terminate()


if __name__ == "__main__":
    main()
