"""What observation costs a program: bare and observed interpreters take turns, in one run.

Each case runs in a fresh interpreter that times itself (wall) and counts the CPU of itself and of the workers it has
waited for (RUSAGE_SELF + RUSAGE_CHILDREN). Printed: ratio of the medians, CPU microseconds added per task, and the
spread of that over the rounds (half the distance between the quartiles). Gate on CPU: wall time on a small machine is
noisy by ten percent.

    python -m benchmarks.overhead [--rounds N] [--only NAME] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_BOOT = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from procscope.runtime.instrument.boot import run_program; "
    f"sys.path.remove({str(ROOT)!r}); run_program(sys.argv[1:])"
)


_START_UP = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    "from procscope.runtime.instrument.boot import from_environment; from_environment()"
)
_NO_CACHE = "PYTHONDONTWRITEBYTECODE"  # with it, every interpreter would compile us again


class Case(NamedTuple):
    """`budget_cpu_us` is per task, `budget_ratio` of CPU; None where there is none."""

    name: str
    setup: str
    body: str
    n: int
    budget_ratio: float | None = None
    budget_cpu_us: float | None = None


_NOOP = "def f(x): return x"
_SPIN = """
import time
def f(x):
    end = time.perf_counter() + {seconds}
    while time.perf_counter() < end: pass
"""
_SUBMIT = """
with cf.ProcessPoolExecutor(2) as ex:
    for r in [ex.submit(f, i) for i in range(4)]: r.result()
    start()
    for r in [ex.submit(f, i) for i in range(n)]: r.result()
"""
_APPLY = """
with mp.Pool(2) as pool:
    pool.apply(f, (0,))
    start()
    for r in [pool.apply_async(f, (i,)) for i in range(n)]: r.get()
    pool.close(); pool.join()
"""
_MAP = """
with mp.Pool(2) as pool:
    pool.apply(f, (0,))
    start()
    pool.map(f, range(n), chunksize={chunk})
    pool.close(); pool.join()
"""
_THREADS = """
with cf.ThreadPoolExecutor(2) as ex:
    ex.submit(f, 0).result()
    start()
    for r in [ex.submit(f, i) for i in range(n)]: r.result()
"""
_START = """
ctx = mp.get_context({method!r})
p = ctx.Process(target=f, args=(0,)); p.start(); p.join()
start()
for i in range(n):
    p = ctx.Process(target=f, args=(i,)); p.start(); p.join()
"""
_LOCK = """
lock = mp.Lock()
start()
for i in range(n):
    with lock: pass
"""
_ACQUIRE = """
lock = mp.Lock()
start()
for i in range(n):
    lock.acquire(); lock.release()
"""
_CONTENDED = """
lock = mp.Lock()
def turns():
    for i in range(n // 2):
        with lock: pass
other = mp.Process(target=turns)
start()
other.start(); turns(); other.join()
"""
_PIPE = """
here, there = mp.Pipe()
start()
for i in range(n):
    here.send(i); there.recv()
"""
_QUEUE = """
queue = mp.{kind}()
def take():
    for i in range(n): queue.get()
other = mp.Process(target=take)
start()
other.start()
for i in range(n): queue.put(i)
other.join()
"""
_THREAD_QUEUE = """
import queue, threading
shared = queue.Queue()
def take():
    for i in range(n): shared.get()
other = threading.Thread(target=take)
start()
other.start()
for i in range(n): shared.put(i)
other.join()
"""
_CALL = """
with mp.Manager() as manager:
    held = manager.list([0])
    held[0] = 0
    start()
    for i in range(n): held[0] = i
"""
_VALUE = """
value = mp.Value("i", 0)
start()
for i in range(n): value.value = i
"""

CASES = (
    Case("submit, no-op", _NOOP, _SUBMIT, 3000, 1.10, 10),
    Case("submit, 1 ms", _SPIN.format(seconds=0.001), _SUBMIT, 1500, 1.02, 10),
    Case("submit, 10 ms", _SPIN.format(seconds=0.01), _SUBMIT, 150, 1.02, 10),
    Case("apply_async, no-op", _NOOP, _APPLY, 5000, 1.15, 10),
    Case("apply_async, 1 ms", _SPIN.format(seconds=0.001), _APPLY, 1500, 1.02, 10),
    Case("map, default chunks", _NOOP, _MAP.format(chunk="None"), 400_000, None, 0.5),
    Case("map, by one", _NOOP, _MAP.format(chunk=1), 4000, None, 10),
    Case("threads, no-op", _NOOP, _THREADS, 5000, None, 10),
    Case("Process start, fork", _NOOP, _START.format(method="fork"), 20),
    Case("Process start, forkserver", _NOOP, _START.format(method="forkserver"), 10),
    Case("Process start, spawn", _NOOP, _START.format(method="spawn"), 5),
    Case("with Lock", "", _LOCK, 200_000, None, 1.0),
    Case("Lock acquire, release", "", _ACQUIRE, 200_000, None, 1.0),
    Case("with Lock, contended", "", _CONTENDED, 200_000),
    Case("Pipe send, recv", "", _PIPE, 50_000, 1.05),
    Case("Queue put, get", "", _QUEUE.format(kind="Queue"), 50_000, 1.10),
    Case("JoinableQueue put, get", "", _QUEUE.format(kind="JoinableQueue"), 30_000),
    Case("SimpleQueue put, get", "", _QUEUE.format(kind="SimpleQueue"), 50_000),
    Case("queue.Queue put, get", "", _THREAD_QUEUE, 50_000),
    Case("Manager call", "", _CALL, 5000),
    Case("Value update", "", _VALUE, 100_000),
)

_PROGRAM = """
import json, resource, sys, time
import multiprocessing as mp, concurrent.futures as cf
{setup}
def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
clock = {{}}
def start(): clock.update(wall=time.perf_counter(), cpu=cpu())
def main(n):
{body}
    print(json.dumps([time.perf_counter() - clock["wall"], cpu() - clock["cpu"]]))
if __name__ == "__main__":
    mp.set_start_method("fork")
    main({n})
"""


def measure(case: Case, python: str, observed: bool, home: str) -> tuple[float, float]:
    """(wall, cpu) seconds of one run."""
    body = "".join("    " + line + "\n" for line in case.body.splitlines())
    script = Path(home) / "case.py"
    script.write_text(_PROGRAM.format(setup=case.setup, body=body, n=case.n))
    words = ["-c", _BOOT] if observed else []
    done = subprocess.run(
        [python, *words, str(script)], env=_environment(observed, home), stdout=subprocess.PIPE, check=True, timeout=120
    )
    shutil.rmtree(Path(home) / "spool")  # a writer adds up its spool's bytes at each new segment
    (Path(home) / "spool").mkdir(mode=0o700)
    wall, cpu = json.loads(done.stdout)
    return wall, cpu


def _environment(observed: bool, home: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PROCSCOPE_", _NO_CACHE))}
    if not observed:
        return plain
    run = Path(tempfile.mkdtemp(dir=Path(home) / "spool"))
    return {**plain, "PROCSCOPE_STATE_DIR": home, "PROCSCOPE_RUN": run.name}


def start_up(python: str, observed: bool, home: str) -> tuple[float, float]:
    """(wall, cpu) of an interpreter that does nothing, as installed: the start-up file's line, then nothing."""
    environment = _environment(observed, home)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([python, "-c", _START_UP if observed else "import sys"], env=environment, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def summary(name: str, n: int, bare: list[Any], observed: list[Any]) -> dict[str, Any]:
    """Medians over the rounds as ratios, and what one task costs more."""
    added = sorted((b[1] - a[1]) / n * 1e6 for a, b in zip(bare, observed, strict=True))
    quarter = len(added) // 4
    medians = [[statistics.median(run[at] for run in runs) for at in (0, 1)] for runs in (bare, observed)]
    return {
        "name": name,
        "wall_ratio": medians[1][0] / medians[0][0],
        "cpu_ratio": medians[1][1] / medians[0][1] if medians[0][1] else 1.0,
        "cpu_us_added": (medians[1][1] - medians[0][1]) / n * 1e6,
        "wall_us_added": (medians[1][0] - medians[0][0]) / n * 1e6,
        "spread_us": (added[-1 - quarter] - added[quarter]) / 2,
    }


def compare(case: Case, python: str, rounds: int, home: str) -> dict[str, Any]:
    """Alternate bare and observed runs of one case."""
    bare: list[tuple[float, float]] = []
    observed: list[tuple[float, float]] = []
    for turn in range(rounds):
        for seen in (False, True) if turn % 2 else (True, False):
            (observed if seen else bare).append(measure(case, python, seen, home))
    return summary(case.name, case.n, bare, observed) | {"budget": _budget(case)}


def _budget(case: Case) -> str:
    parts = [f"≤ {case.budget_ratio:.2f}×"] if case.budget_ratio else []
    return ", ".join([*parts, *([f"≤ {case.budget_cpu_us:g} µs"] if case.budget_cpu_us else [])])


def compare_start_up(python: str, rounds: int, home: str) -> dict[str, Any]:
    """Alternate starts of a bare and of an observed interpreter."""
    bare: list[tuple[float, float]] = []
    observed: list[tuple[float, float]] = []
    for _ in range(rounds):
        bare.append(start_up(python, False, home))
        observed.append(start_up(python, True, home))
    return summary("interpreter start", 1, bare, observed) | {"budget": "≤ 5000 µs"}


def main() -> None:
    """Run the cases that --only names (a part of the name), all by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.json:
        print(f"{'':26}{'wall':>8}{'cpu':>8}{'cpu added':>14}{'spread':>10}   budget")
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "spool").mkdir(mode=0o700)
        for case in CASES:
            if options.only in case.name:
                show(compare(case, options.python, options.rounds, home), options.json)
        if options.only in "interpreter start":
            show(compare_start_up(options.python, options.rounds * 4, home), options.json)


def show(row: dict[str, Any], as_json: bool) -> None:
    """One line of the table, or one JSON object."""
    if as_json:
        print(json.dumps(row), flush=True)
        return
    print(
        f"{row['name']:26}{row['wall_ratio']:7.2f}×{row['cpu_ratio']:7.2f}×{row['cpu_us_added']:11.2f} µs"
        f"{row['spread_us']:7.2f} µs   {row['budget']}",
        flush=True,
    )


if __name__ == "__main__":
    main()
