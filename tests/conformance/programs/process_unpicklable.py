"""A target that cannot be pickled, uncaught. Frames of ours in the traceback of start() would show on stderr."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    broken = context.Process(target=lambda: None, name="lambda")
    try:
        broken.start()
    except Exception as error:
        print(type(error).__name__, broken.exitcode)
    else:
        broken.join()
        print(broken.exitcode)
    print(len(multiprocessing.active_children()))
    context.Process(target=print, args=(threading.Lock(),)).start()


if __name__ == "__main__":
    main()
