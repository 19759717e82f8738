"""os._exit, an uncaught error in a thread, sys.exit while a pool and a child live. The exit code is the program's."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def fail() -> None:
    raise ValueError("in a thread")


def main() -> None:
    thread = threading.Thread(target=fail, name="failing")
    thread.start()
    thread.join()
    pool = context.Pool(1)
    print(pool.apply(abs, (-1,)), flush=True)
    child = context.Process(target=print, args=("child",))
    child.start()
    child.join()
    pool.terminate()
    sys.exit("not so well")


if __name__ == "__main__":
    main()
