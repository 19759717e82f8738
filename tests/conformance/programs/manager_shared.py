"""Manager: dict, list, Namespace, Lock, Event, Queue, Value, Pool; and an error from the server, uncaught."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def work(table: Any, items: Any, lock: Any, queue: Any) -> None:
    for number in range(5):
        with lock:
            table["n"] = table.get("n", 0) + 1
        items.append(number)
    queue.put("done")


def main() -> None:
    with context.Manager() as server:
        table, items, lock, queue = server.dict(a=1), server.list(), server.Lock(), server.Queue()
        children = [context.Process(target=work, args=(table, items, lock, queue)) for _ in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        print(dict(table), sorted(items), queue.get(), queue.qsize(), table, len(items[0:2]))
        space, number = server.Namespace(x=1), server.Value("i", 3)
        space.y = [2]
        number.value += 1
        print(space, number.value, server.Event().is_set(), list(server.Array("i", [1, 2])))
        nested = server.list([server.dict(k="v")])
        print(nested[0]["k"], type(table).__name__, len(table))
        with server.Pool(1) as pool:
            print(pool.map(abs, [-1, -2]))
        print(table["missing"])


if __name__ == "__main__":
    main()
