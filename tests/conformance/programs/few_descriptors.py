"""setrlimit of 40 descriptors: the program lives with it.

One that we opened at the wrong moment would be one too many.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    with context.Pool(1) as pool:
        print(pool.map(abs, [-1, -2]))
    files = []
    try:
        while True:
            files.append(open("/dev/null"))  # noqa: SIM115
    except OSError as error:
        print(error.errno, len(files))
    lock = threading.Lock()
    with lock:
        print(lock.locked())
    for thread in [threading.Thread(target=abs, args=(1,)) for _ in range(3)]:
        thread.start()
        thread.join()
    for file in files:
        file.close()
    child = context.Process(target=print, args=("child",))
    child.start()
    child.join()
    print(child.exitcode)


if __name__ == "__main__":
    main()
