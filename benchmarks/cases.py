"""What is measured: small programs, each a `setup` and a `body` that makes what it needs and then repeats `block()`.

`n` is how many tasks (items, messages, acquisitions) one block does; a block takes a few hundredths of a second.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """`budget_cpu_us` is per task, `budget_ratio` of CPU; None where there is none. `rounds`: at most so many."""

    name: str
    setup: str
    body: str
    n: int
    budget_ratio: float | None = None
    budget_cpu_us: float | None = None
    rounds: int = 1000


_NOOP = "def f(x): return x"
_SPIN = """
import time
def f(x):
    end = time.perf_counter() + {seconds}
    while time.perf_counter() < end: pass
"""
_SUBMIT = """
with cf.ProcessPoolExecutor(2) as ex:
    def block():
        for r in [ex.submit(f, i) for i in range(n)]: r.result()
    repeat(block)
"""
_APPLY = """
with mp.Pool(2) as pool:
    def block():
        for r in [pool.apply_async(f, (i,)) for i in range(n)]: r.get()
    repeat(block)
"""
_MAP = """
with mp.Pool(2) as pool:
    repeat(lambda: pool.map(f, range(n), chunksize={chunk}))
"""
_THREADS = """
with cf.ThreadPoolExecutor(2) as ex:
    def block():
        for r in [ex.submit(f, i) for i in range(n)]: r.result()
    repeat(block)
"""
_START = """
ctx = mp.get_context({method!r})
def block():
    for i in range(n):
        p = ctx.Process(target=f, args=(i,)); p.start(); p.join()
repeat(block)
"""
_LOCK = """
lock = mp.Lock()
def block():
    for i in range(n):
        with lock: pass
repeat(block)
"""
_ACQUIRE = """
lock = mp.Lock()
def block():
    for i in range(n):
        lock.acquire(); lock.release()
repeat(block)
"""
_CONTENDED = """
lock, begin, end = mp.Lock(), mp.Semaphore(0), mp.Semaphore(0)
def turns():
    for i in range(n // 2):
        with lock: pass
def partner():
    while True:
        begin.acquire(); turns(); end.release()
other = mp.Process(target=partner, daemon=True)
other.start()
def block():
    begin.release(); turns(); end.acquire()
repeat(block)
"""
_PIPE = """
here, there = mp.Pipe()
def block():
    for i in range(n):
        here.send(i); there.recv()
repeat(block)
"""
_QUEUE = """
queue, end = mp.{kind}(), mp.Semaphore(0)
def take():
    while True:
        for i in range(n): queue.get()
        end.release()
other = mp.Process(target=take, daemon=True)
other.start()
def block():
    for i in range(n): queue.put(i)
    end.acquire()
repeat(block)
"""
_THREAD_QUEUE = """
import queue, threading
shared, back = queue.Queue(), queue.SimpleQueue()
def take():
    while True:
        for i in range(n): shared.get()
        back.put(None)
threading.Thread(target=take, daemon=True).start()
def block():
    for i in range(n): shared.put(i)
    back.get()
repeat(block)
"""
_CALL = """
with mp.Manager() as manager:
    held = manager.list([0])
    def block():
        for i in range(n): held[0] = i
    repeat(block)
"""
_VALUE = """
value = mp.Value("i", 0)
def block():
    for i in range(n): value.value = i
repeat(block)
"""

CASES = (
    Case("submit, no-op", _NOOP, _SUBMIT, 400, 1.10, 10),
    Case("submit, 1 ms", _SPIN.format(seconds=0.001), _SUBMIT, 100, 1.02, 10),
    Case("submit, 10 ms", _SPIN.format(seconds=0.01), _SUBMIT, 10, 1.02, 10),
    Case("apply_async, no-op", _NOOP, _APPLY, 600, 1.15, 10),
    Case("apply_async, 1 ms", _SPIN.format(seconds=0.001), _APPLY, 100, 1.02, 10),
    Case("map of 1,000,000 items", _NOOP, _MAP.format(chunk="None"), 1_000_000, None, 0.5, 10),
    Case("map, by one", _NOOP, _MAP.format(chunk=1), 600, None, 10),
    Case("threads, no-op", _NOOP, _THREADS, 1500, None, 10),
    Case("1,000 Processes, fork", _NOOP, _START.format(method="fork"), 25, None, None, 40),
    Case("Process, forkserver", _NOOP, _START.format(method="forkserver"), 5, None, None, 10),
    Case("Process, spawn", _NOOP, _START.format(method="spawn"), 2, None, None, 10),
    Case("with Lock", "", _LOCK, 20_000, None, 1.0),
    Case("Lock acquire, release", "", _ACQUIRE, 20_000, None, 1.0),
    Case("with Lock, contended", "", _CONTENDED, 20_000),
    Case("Pipe send, recv", "", _PIPE, 2000, 1.05),
    Case("Queue put, get", "", _QUEUE.format(kind="Queue"), 1500, 1.10),
    Case("JoinableQueue put, get", "", _QUEUE.format(kind="JoinableQueue"), 1500),
    Case("SimpleQueue put, get", "", _QUEUE.format(kind="SimpleQueue"), 1500),
    Case("queue.Queue put, get", "", _THREAD_QUEUE, 5000),
    Case("Manager call", "", _CALL, 500),
    Case("Value update", "", _VALUE, 20_000),
)

PROGRAM = """
import os, resource, sys, time
import multiprocessing as mp, concurrent.futures as cf
{setup}
def children():
    found = []
    for thread in os.listdir("/proc/self/task"):
        try: found += open(f"/proc/self/task/{{thread}}/children").read().split()
        except OSError: pass
    return found
def ran(pid):
    total = 0
    try:
        for thread in os.listdir(f"/proc/{{pid}}/task"):
            total += int(open(f"/proc/{{pid}}/task/{{thread}}/schedstat").read().split()[0])
    except OSError: pass
    return total
def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used) + sum(map(ran, children())) / 1e9
def repeat(block):
    block()
    for _ in sys.stdin:
        before, began = cpu(), time.perf_counter()
        block()
        wall = time.perf_counter() - began
        time.sleep(0.002)  # so that what the workers do after a result counts
        print(wall, cpu() - before, flush=True)
def main(n):
{body}
if __name__ == "__main__":
    mp.set_start_method("fork")
    main({n})
"""


def program(case: Case) -> str:
    """Source of a script that does one block for each line of its input and prints `wall cpu`, in seconds: its own
    time and that of its children, whether they live or were waited for."""
    body = "".join("    " + line + "\n" for line in case.body.splitlines())
    return PROGRAM.format(setup=case.setup, body=body, n=case.n)
