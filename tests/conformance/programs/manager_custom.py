"""A BaseManager of one's own, remote access by address and key, and what is left after shutdown."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.managers import BaseManager
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Account:
    def __init__(self) -> None:
        self.total = 0

    def add(self, amount: int) -> int:
        if amount < 0:
            raise ValueError("negative")
        self.total += amount
        return self.total

    def _hidden(self) -> None:
        pass


class Bank(BaseManager):
    pass


Bank.register("Account", Account)
Bank.register("known", dict)


def remote(address: Any) -> None:
    class Visitor(BaseManager):
        pass

    Visitor.register("known")
    visitor = Visitor(address, b"key")
    visitor.connect()
    print(type(getattr(visitor, "known")()).__name__, flush=True)  # noqa: B009


def main() -> None:
    bank = Bank(authkey=b"key", ctx=context)
    bank.start()
    account = getattr(bank, "Account")()  # noqa: B009
    print(account.add(3), account.add(4), hasattr(account, "_hidden"))
    try:
        account.add(-1)
    except ValueError as error:
        print(error, type(error.__cause__).__name__)
    child = context.Process(target=remote, args=(bank.address,))
    child.start()
    child.join()
    print(child.exitcode)
    bank.shutdown()
    try:
        account.add(1)
    except (OSError, EOFError) as error:
        print(type(error).__name__)


if __name__ == "__main__":
    main()
