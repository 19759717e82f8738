"""What programs and their tools look up: names, signatures, documentation and pickles of what we replaced."""

from __future__ import annotations

import inspect
import multiprocessing
import pickle
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import process as futures
from multiprocessing import connection, process, queues, synchronize
from multiprocessing import pool as module
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    pool: Any = module
    things: tuple[Any, ...] = (
        pool.Pool.map,
        process.BaseProcess.start,
        pool.worker,
        pool.mapstar,
        ProcessPoolExecutor.submit,
    )
    for thing in things:
        print(thing.__module__, thing.__qualname__, inspect.signature(thing), len(thing.__doc__ or ""))
    for thing in (pool.worker, pool.mapstar, futures._process_worker, futures._process_chunk):
        print(pickle.dumps(thing, 2), pickle.loads(pickle.dumps(thing)) is thing)
    for thing in (synchronize.Lock, synchronize.SemLock.__enter__, queues.Queue.put, connection.Connection.send):
        print(thing.__module__, thing.__qualname__, inspect.signature(thing))
    print(inspect.isfunction(pool.worker), pool.Pool.__mro__, issubclass(context.Process, process.BaseProcess))
    print(sorted(name for name in vars(context.Lock()) if name.startswith("__")), context.get_start_method())
    print([thread.name for thread in threading.enumerate()], sys.gettrace(), sys.excepthook is sys.__excepthook__)


if __name__ == "__main__":
    main()
