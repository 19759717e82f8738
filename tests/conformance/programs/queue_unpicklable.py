"""An item that cannot be pickled: the feeder thread says so on stderr and goes on.

The slot of the item is given back.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    queue = context.Queue(1)
    queue.put(threading.Lock())
    queue.put("fine")
    print(queue.get(timeout=20))
    queue.close()
    queue.join_thread()
    print(threading.active_count())


if __name__ == "__main__":
    main()
