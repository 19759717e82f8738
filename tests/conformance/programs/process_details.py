"""Process with kwargs, a name and sentinels.

A wrapper of start() that forgot an argument, or kept the target, would show.
"""

from __future__ import annotations

import multiprocessing
import re
import sys
from multiprocessing import connection
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def named(*words: str, suffix: str) -> None:
    process = multiprocessing.current_process()
    print(process.name, words, suffix, process.daemon, multiprocessing.parent_process() is not None, flush=True)


def main() -> None:
    first = context.Process(target=named, name="first", args=("a", "b"), kwargs={"suffix": "!"}, daemon=True)
    first.start()
    print(connection.wait([first.sentinel], 20) == [first.sentinel])
    first.join()
    second = context.Process(target=named, args=("c",), kwargs={"suffix": "?"})
    second.start()
    second.join(20)
    print(re.sub("pid=[0-9]+", "pid", repr(second)), hasattr(second, "_target"))


if __name__ == "__main__":
    main()
