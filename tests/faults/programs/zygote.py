"""Runs stages, each in a fork of this interpreter: a line of JSON in, a line of JSON out.

In: {"stage", "site", "kind", "mode", "home"}. Out: {"out", "err", "code", "hits", "seen"}; `code` is null for a shot
that had to be ended. With "home" the shot is observed, and its spool lies there.
"""

# As programs are written: without types.
# mypy: ignore-errors

import atexit
import contextlib
import json
import os
import select
import signal
import sys
import tempfile
import threading
import traceback

import stages

PATIENCE = 8.0


def main():
    for line in sys.stdin:
        print(json.dumps(shot(json.loads(line))), flush=True)


def shot(order):
    files = [tempfile.TemporaryFile() for _ in range(4)]  # noqa: SIM115  closed below
    pid = os.fork()
    if not pid:
        fire(order, [file.fileno() for file in files])
    code = ended(pid)
    texts = []
    for file in files:
        file.seek(0)
        texts.append(file.read().decode("utf-8", "backslashreplace"))
        file.close()
    out, err, hits, seen = texts
    return {"out": out, "err": err, "code": code, "hits": len(hits), "seen": sorted(set(seen.split()))}


def ended(pid):
    """The exit code, None for a shot that hung; whatever it left behind is killed."""
    watched = os.pidfd_open(pid)
    hung = not select.select([watched], [], [], PATIENCE)[0]
    os.close(watched)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return None if hung else code


def fire(order, files):
    out, err, hits, seen = files
    os.setpgid(0, 0)
    for number in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDONLY) if not number else (out, err)[number - 1], number)
    code = 1
    try:
        if order.get("home"):
            observe(order, hits, seen)
        code = act(order)
        if order.get("kind") == "KeyboardInterrupt":
            disarm()
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
    os._exit(code)


def observe(order, hits, seen):
    from procscope.runtime import strike
    from procscope.runtime.instrument import recorder

    recorder.environment["PROCSCOPE_STATE_DIR"] = order["home"]
    os.environ["PROCSCOPE_STATE_DIR"] = order["home"]
    if order.get("site"):
        strike.aim(order["site"], order["kind"], order["mode"], hits=hits)
    else:
        strike.aim(0, "", "")
        strike.watch(seen)


def act(order):
    """0 once the stage is over. One that was interrupted must work when it is tried again."""
    stage = stages.STAGES[order["stage"]]
    try:
        stage()
    except KeyboardInterrupt as error:
        if order.get("kind") != "KeyboardInterrupt" or error.args != ("injected",):
            raise
        stages.print("interrupted")
        disarm()
        stage()
    return 0


def disarm():
    from procscope.runtime import strike

    strike.aim(0, "", "")


if __name__ == "__main__":
    main()
