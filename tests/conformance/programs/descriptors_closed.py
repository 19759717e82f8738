"""A daemon's closerange over everything, then files of its own. A record of ours once landed in such a file."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def work(path: str) -> None:
    os.closerange(3, 1024)
    files = [open(f"{path}-{number}", "w+b") for number in range(20)]  # noqa: SIM115
    for file in files:
        file.write(b"mine\n")
        file.flush()
    for number in range(50):
        threading.Thread(target=abs, args=(number,)).start()
    print(sorted({os.path.getsize(file.name) for file in files}), flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        child = context.Process(target=work, args=(os.path.join(folder, "child"),))
        child.start()
        child.join()
        print(child.exitcode)
        with ThreadPoolExecutor(1) as executor:
            print(executor.submit(abs, -1).result())
        work(os.path.join(folder, "parent"))


if __name__ == "__main__":
    main()
