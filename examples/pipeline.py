"""A pipeline over pictures and their captions, with every way the standard library has to start workers.

Its trouble is on purpose: torn pictures fail with a cause, one picture takes for ever, and a worker is killed
as the kernel does when memory runs out. The pipeline survives all of it, and so should yours.

    procscope run examples/pipeline.py --minutes 2
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from multiprocessing.context import BaseContext
from typing import Any

import pictures
import texts

METHODS = multiprocessing.get_all_start_methods()


def thumbnail(number: int, side: int = 96, delay: float = 0.0) -> str:
    """Load, shrink, soften and hash one picture; `delay` is a disk that does not answer for so many seconds."""
    time.sleep(delay)
    picture = pictures.load(number, side)
    for step in (side // 2, side // 4):
        picture = pictures.blur(pictures.resize(picture, step))
    return pictures.fingerprint(picture)


def devour(number: int) -> int:
    """The task whose worker is killed: it grows until the system has enough of it."""
    hoard = [bytearray(1 << 20) for _ in range(48)]
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)
    return len(hoard) + number


def fetch(numbers: list[int], shelf: Any) -> None:
    """A producer: puts picture numbers on the queue as they come in, then says that it is done."""
    for number in numbers:
        time.sleep(random.uniform(0.01, 0.05))
        shelf.put(number)
    shelf.put(None)


class Archivist(multiprocessing.Process):
    """A consumer, by subclass: files away what the producer puts on the queue."""

    def __init__(self, shelf: Any, done: Any) -> None:
        super().__init__(name="archivist")
        self.shelf = shelf
        self.done = done

    def run(self) -> None:
        """Take until the producer has finished."""
        filed = 0
        while (number := self.shelf.get()) is not None:
            thumbnail(number, 48)
            filed += 1
        self.done.put(filed)


def sort_pictures(context: BaseContext, workers: int, first: int, count: int) -> Counter[str]:
    """A Pool: single calls, an imap item by item, and a map in chunks, which a torn picture breaks."""
    seen: Counter[str] = Counter()
    with context.Pool(workers, initializer=random.seed) as pool:
        single = [pool.apply_async(thumbnail, (first + i,), error_callback=complain) for i in range(count // 4)]
        seen["words"] = sum(sum(words.values()) for words in pool.imap_unordered(texts.count_words, range(count)))
        whole = pool.map_async(thumbnail, range(first, first + count), chunksize=8)
        for result in [*single, whole]:
            seen["sorted" if settled(result) else "torn"] += 1
        pool.close()
        pool.join()
    return seen


def settled(result: Any) -> bool:
    """Whether a Pool's result came; a worker that died with it never answers, so wait with a limit."""
    try:
        result.get(timeout=60)
    except (pictures.BadPictureError, multiprocessing.TimeoutError):
        return False
    return True


def make_thumbnails(context: BaseContext, workers: int, first: int, count: int, stuck: float) -> Counter[str]:
    """A ProcessPoolExecutor: futures as they complete, one of them stuck, and a map in chunks."""
    seen: Counter[str] = Counter()
    with ProcessPoolExecutor(workers, mp_context=context) as executor:
        futures = [executor.submit(thumbnail, first, 64, stuck)]
        futures += [executor.submit(thumbnail, first + i, 112) for i in range(count)]
        seen["captions"] = sum(1 for _ in executor.map(texts.count_words, range(count), chunksize=8))
        for future in as_completed(futures):
            seen["torn" if future.exception() else "small"] += 1
    return seen


def lose_a_worker(context: BaseContext, first: int) -> Counter[str]:
    """An executor whose worker is killed: everything it held fails, and the program goes on."""
    seen: Counter[str] = Counter()
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        futures: list[Future[Any]] = [executor.submit(thumbnail, first + i) for i in range(4)]
        futures += [executor.submit(devour, first), executor.submit(thumbnail, first, 96, 2.0)]
        for future in as_completed(futures):
            seen["lost" if isinstance(future.exception(), BrokenExecutor) else "small"] += 1
    return seen


def file_away(context: BaseContext, first: int, count: int) -> Counter[str]:
    """Two plain processes with a Queue between them."""
    shelf, done = context.Queue(maxsize=8), context.Queue()
    numbers = [first + i for i in range(count) if (first + i) % 97 != 31]
    producer = multiprocessing.Process(target=fetch, args=(numbers, shelf), name="producer")
    consumer = Archivist(shelf, done)
    for process in (producer, consumer):
        process.start()
    filed = done.get(timeout=120)
    for process in (producer, consumer):
        process.join()
    return Counter(filed=filed)


def complain(error: BaseException) -> None:
    """Pool tasks that fail are named on the way."""
    print(f"  failed: {error}", flush=True)


def one_round(number: int, options: argparse.Namespace) -> Counter[str]:
    """Everything once. Rounds differ in which pictures they see."""
    context = multiprocessing.get_context(options.method)
    first = number * options.pictures
    seen = file_away(context, first, options.pictures // 8)
    seen += sort_pictures(context, options.workers, first, options.pictures)
    seen += make_thumbnails(context, options.workers, first, options.pictures * 2, options.stuck)
    seen += lose_a_worker(context, first)
    return seen


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--method", choices=METHODS, default="fork" if "fork" in METHODS else METHODS[0])
    parser.add_argument("--workers", type=int, default=4, help="in each pool")
    parser.add_argument("--pictures", type=int, default=200, help="in a round")
    parser.add_argument("--stuck", type=float, default=20.0, help="seconds that the slow picture takes")
    parser.add_argument("--minutes", type=float, default=0.0, help="go on with new rounds for so long")
    parser.add_argument("--forever", action="store_true", help="go on until Ctrl-C")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Round after round until the time is up."""
    options = parsed(arguments)
    multiprocessing.set_start_method(options.method)
    end = time.monotonic() + options.minutes * 60
    number = 0
    while number == 0 or options.forever or time.monotonic() < end:
        began = time.monotonic()
        seen = one_round(number, options)
        counts = ", ".join(f"{value} {name}" for name, value in seen.items())
        print(f"round {number + 1}: {counts} in {time.monotonic() - began:.1f} s", flush=True)
        number += 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
