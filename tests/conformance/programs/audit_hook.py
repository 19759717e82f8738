"""An audit hook that forbids what the program does not do: sockets, subprocesses, exec of text.

Ours must not do them.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


FORBIDDEN = ("subprocess.", "os.system", "os.exec", "webbrowser.", "os.putenv", "os.unsetenv")
seen: set[str] = set()


def watch(event: str, args: Any) -> None:
    if event.startswith(FORBIDDEN) and not seen:
        seen.add(event)
        raise RuntimeError(event)


def work(number: int) -> int:
    return number + len(seen)


def main() -> None:
    sys.addaudithook(watch)
    with context.Pool(1, initializer=sys.addaudithook, initargs=(watch,)) as pool:
        print(pool.map(work, range(3)))
    lock = context.Lock()
    with lock:
        print(seen)


if __name__ == "__main__":
    main()
