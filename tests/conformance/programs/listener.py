"""Listener and Client with a key, a wrong key, and a connection sent over a connection."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from multiprocessing import connection
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def serve(address: Any, told: Any) -> None:
    with connection.Listener(address, authkey=b"secret") as listener:
        told.put("ready")
        for _ in range(2):
            try:
                with listener.accept() as accepted:
                    accepted.send(("got", accepted.recv()))
            except multiprocessing.AuthenticationError as error:
                told.put(type(error).__name__)


def main() -> None:
    told = context.SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        address = os.path.join(folder, "socket")
        child = context.Process(target=serve, args=(address, told))
        child.start()
        print(told.get())
        try:
            connection.Client(address, authkey=b"wrong")
        except multiprocessing.AuthenticationError as error:
            print(error)
        print(told.get())
        with connection.Client(address, authkey=b"secret") as client:
            client.send([1])
            print(client.recv())
        child.join()
        print(child.exitcode)


if __name__ == "__main__":
    main()
