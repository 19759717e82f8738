"""Arguments and results that cannot be pickled. Whoever pickles them a second time raises a second time."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def give(_: int) -> Any:
    return threading.Lock()


def main() -> None:
    with context.Pool(1) as pool:
        for act in (
            lambda: pool.apply(abs, (threading.Lock(),)),
            lambda: pool.map(lambda number: number, [1]),
            lambda: pool.apply(give, (1,)),
            lambda: pool.map(give, [1, 2], chunksize=2),
            lambda: list(pool.imap(give, [1])),
        ):
            try:
                act()
            except Exception as error:
                print(type(error).__name__, str(error).replace("__mp_main__", "__main__"))
        print(pool.apply(abs, (-3,)))


if __name__ == "__main__":
    main()
