"""Event and Condition: set, clear, wait, wait_for, notify.

Waiting gives the lock back; a count of holders must follow.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def waits(event: Any, condition: Any, number: Any, told: Any) -> None:
    told.put(("event", event.wait(30)))
    with condition:
        told.put(("condition", condition.wait_for(lambda: number.value == 3, 30)))


def main() -> None:
    event, condition, number, told = context.Event(), context.Condition(), context.Value("i", 0), context.SimpleQueue()
    print(event.is_set(), event.wait(0.01))
    child = context.Process(target=waits, args=(event, condition, number, told))
    child.start()
    event.set()
    print(told.get(), event.is_set())
    for value in (1, 2, 3):
        with condition:
            number.value = value
            condition.notify_all()
    print(told.get(), child.join())
    event.clear()
    with condition:
        print(event.is_set(), condition.wait(0.01), condition.wait_for(lambda: False, 0.01))
    for act in (condition.notify, condition.wait):
        try:
            act()
        except (AssertionError, RuntimeError) as error:
            print(type(error).__name__, error)
    print(repr(condition), repr(event).split(" at ")[0])


if __name__ == "__main__":
    main()
