"""Pipe: objects, bytes, poll, EOF, one-way ends, wait. Whoever reads the length first must give it back."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing import connection
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def answer(end: Any, other: Any) -> None:
    other.close()
    while True:
        try:
            end.send(end.recv() * 2)
        except EOFError:
            print("eof", flush=True)
            return


def main() -> None:
    here, there = context.Pipe()
    child = context.Process(target=answer, args=(there, here))
    child.start()
    there.close()
    for value in (1, "ab", [None]):
        here.send(value)
        print(here.poll(20), connection.wait([here], 20) == [here], here.recv())
    here.close()
    child.join()
    reader, writer = context.Pipe(duplex=False)
    writer.send_bytes(b"hello", 1, 3)
    print(reader.recv_bytes(), reader.poll(), reader.poll(0.01), reader.readable, reader.writable)
    writer.send_bytes(b"0123456789")
    buffer = bytearray(20)
    print(reader.recv_bytes_into(buffer, 2), bytes(buffer[:4]))
    acts: list[Any] = [lambda: writer.recv(), lambda: reader.send(1), lambda: writer.send_bytes(b"a", 5)]
    for act in acts:
        try:
            act()
        except (OSError, ValueError) as error:
            print(type(error).__name__, error)
    with reader, writer:
        writer.send_bytes(bytes(100))
        try:
            reader.recv_bytes(10)
        except OSError as error:
            print(error)
    print(reader.closed, writer.closed)


if __name__ == "__main__":
    main()
