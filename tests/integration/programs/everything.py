"""Each way to hand out work, once, with counts known beforehand. Arguments: the start method, a folder to write in."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

DEADLY = 3
NOTHING: dict[int, int] = {}
READY = 0


def square(x: int) -> int:
    return x * x


def add(a: int, b: int) -> int:
    return a + b


def seven_fails(x: int) -> int:
    if x == 7:
        raise ValueError(f"bad {x}")
    return x


def fails_because(x: int) -> int:
    try:
        return NOTHING[x]
    except KeyError as error:
        raise RuntimeError("outer") from error


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.01)


def sleep_until(path: str) -> None:
    Path(path + ".begun").touch()
    wait_for(Path(path))


def deadly(x: int, folder: str) -> int:
    if x == DEADLY:
        Path(folder, "culprit").write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    Path(folder, f"done-{x}").touch()
    return x


def ready(value: int) -> None:
    global READY
    READY = value


def hello(n: int, key: str) -> None:
    print("hello", n, key, flush=True)


def leave_with(code: int) -> None:
    raise SystemExit(code)


def disk_on_fire() -> None:
    raise OSError("disk on fire")


def processes(context: Any, folder: Path) -> None:
    """1 succeeded, 2 failed, 1 lost."""
    for target, args in ((hello, (1, "k")), (leave_with, (3,)), (disk_on_fire, ())):
        process = context.Process(target=target, args=args)
        process.start()
        process.join()
        print(process.exitcode)
    process = context.Process(target=sleep_until, args=(str(folder / "never"),), daemon=True)
    process.start()
    wait_for(folder / "never.begun")
    time.sleep(0.2)
    process.terminate()
    process.join()
    print(process.exitcode)


def told(error: Any) -> None:
    print("error", error)


def pool(context: Any) -> None:
    """137 succeeded, 3 failed, 2 cancelled."""
    with context.Pool(2, ready, (5,)) as workers:
        print(workers.apply(square, (3,)))
        print(workers.apply_async(add, (1, 2), callback=told).get(60))
        for function in (seven_fails, fails_because):
            try:
                workers.apply_async(function, (7,)).get(60)
            except (ValueError, RuntimeError) as error:
                told(error)
        print(sum(workers.map(square, range(100))))
        print(workers.starmap(add, [(1, 2), (3, 4)]))
        print(list(workers.imap(square, range(10))))
        print(sorted(workers.imap_unordered(square, range(10), chunksize=3)))
        print(workers.map_async(square, range(5), chunksize=2).get(60))
        print(workers.starmap_async(add, [(1, 1)]).get(60))
        try:
            workers.map(seven_fails, range(10), chunksize=10)
        except ValueError as error:
            told(error)
        workers.close()
        workers.join()


def short_lived_workers(context: Any) -> None:
    """4 succeeded."""
    with context.Pool(1, maxtasksperchild=1) as workers:
        print(workers.map(square, range(4), chunksize=1))
        workers.close()
        workers.join()


def thread_pool() -> None:
    """7 succeeded."""
    with ThreadPool(2) as workers:
        print(workers.map(square, range(6)), workers.apply(square, (2,)))
        workers.close()
        workers.join()


def executor(context: Any) -> None:
    """28 succeeded, 2 failed."""
    with ProcessPoolExecutor(2, mp_context=context, initializer=ready, initargs=(1,)) as workers:
        print(workers.submit(square, 4).result(), repr(workers.submit(seven_fails, 7).exception()))
        print(list(workers.map(square, range(20), chunksize=5)), list(workers.map(add, [1, 2], [3, 4])))
        print(sorted(future.result() for future in as_completed([workers.submit(square, i) for i in range(5)])))
        unpicklable = workers.submit(square, lambda: 1)  # type: ignore[arg-type]
        print(type(unpicklable.exception()).__name__ in ("PicklingError", "AttributeError"))


def thread_executor(folder: Path) -> None:
    """7 succeeded, 1 failed, 2 cancelled."""
    with ThreadPoolExecutor(2) as workers:
        print(workers.submit(square, 4).result(), list(workers.map(square, range(5))))
        print(repr(workers.submit(seven_fails, 7).exception()))
    one = ThreadPoolExecutor(1)
    first = one.submit(sleep_until, str(folder / "go"))
    second, third = one.submit(square, 1), one.submit(square, 2)
    print(second.cancel())
    one.shutdown(wait=False, cancel_futures=True)
    (folder / "go").touch()
    one.shutdown()
    print(third.cancelled(), first.result())


def broken_executor(context: Any, folder: Path) -> None:
    """1 lost, 1 cancelled."""
    workers = ProcessPoolExecutor(1, mp_context=context)
    futures: list[Future[int]] = [workers.submit(deadly, DEADLY, str(folder)), workers.submit(square, 1)]
    for future in futures:
        try:
            future.result()
        except BrokenProcessPool:
            print("broken")
    workers.shutdown()


def killed_pool_worker(context: Any, folder: Path) -> None:
    """5 succeeded, 1 lost."""
    workers = context.Pool(1)
    workers.starmap_async(deadly, [(x, str(folder)) for x in range(6)], chunksize=1)
    for x in {*range(6)} - {DEADLY}:
        wait_for(folder / f"done-{x}")
    time.sleep(0.2)
    workers.terminate()
    workers.join()
    print("terminated")


def main(method: str, folder: Path) -> None:
    context: Any = multiprocessing.get_context(method)
    processes(context, folder)
    pool(context)
    short_lived_workers(context)
    thread_pool()
    executor(context)
    thread_executor(folder)
    for name, part in (("broken", broken_executor), ("killed", killed_pool_worker)):
        (folder / name).mkdir()
        part(context, folder / name)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
    sys.exit(4)
