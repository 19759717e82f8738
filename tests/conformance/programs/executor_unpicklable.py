"""Arguments, results and exceptions that cannot be pickled, through an executor, which must survive the first two."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Bad(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("only one argument")


def give() -> Any:
    return threading.Lock()


def refuse() -> None:
    raise Bad(1, 2)


def main() -> None:
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        for target, args in ((abs, (threading.Lock(),)), (lambda: 1, ()), (give, ()), (abs, (-1,)), (refuse, ())):
            try:
                print(executor.submit(target, *args).result(timeout=30))
            except Exception as error:
                print(type(error).__name__, str(error).replace("__mp_main__", "__main__"))


if __name__ == "__main__":
    main()
