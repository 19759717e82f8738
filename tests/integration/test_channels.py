"""Queues, pipes, managers, shared memory: what goes through them, exactly, in every process that has an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from procscope.runtime.events import OurFault, Primitive
from procscope.runtime.journal import board_layout as layout
from tests.support import boards
from tests.support.boards import Line
from tests.support.observed import METHODS, RUN, Outcome, same, write
from tests.support.pythons import Interpreter, present

PYTHONS = pytest.mark.parametrize("python", present(), ids=lambda python: python.full)
STARTED = pytest.mark.parametrize("method", METHODS)

QUEUES = """
    import multiprocessing as mp, queue, sys

    def produce(items, n):
        for i in range(n): items.put(i)

    def consume(items, tasks, simple, results):
        count = 0
        while items.get() is not None: count += 1
        for _ in range(5):
            tasks.get()
            tasks.task_done()
        for _ in range(3): simple.get()
        for arguments in ({"timeout": 0.01}, {"block": False}):
            try: items.get(**arguments)
            except queue.Empty: pass
        results.put(count)

    if __name__ == "__main__":
        ctx = mp.get_context(sys.argv[1])
        items = ctx.Queue(10)
        tasks = ctx.JoinableQueue()
        simple = ctx.SimpleQueue()
        results = ctx.Queue()
        producer = ctx.Process(target=produce, args=(items, 100))
        consumer = ctx.Process(target=consume, args=(items, tasks, simple, results))
        producer.start(); consumer.start(); producer.join()
        items.put(None)
        for i in range(5): tasks.put(i)
        for i in range(3): simple.put(bytes(1000))
        tasks.join()
        print(results.get())
        consumer.join()
"""

REFUSED = """
    import multiprocessing as mp, queue, sys
    if __name__ == "__main__":
        narrow = mp.get_context(sys.argv[1]).Queue(1)
        narrow.put(lambda: 0)
        narrow.put(1)
        for arguments in ({"timeout": 0.01}, {"block": False}):
            try: narrow.put(2, **arguments)
            except queue.Full: print("full")
        print(narrow.get())
        try: narrow.put(1, timeout="soon")
        except TypeError as error: print(error)
"""

PIPES = """
    import multiprocessing as mp, sys

    def answer(end, out):
        for _ in range(5): end.send(end.recv() * 2)
        out.send_bytes(bytes(100_000))
        out.close()

    if __name__ == "__main__":
        ctx = mp.get_context(sys.argv[1])
        here, there = ctx.Pipe()
        reader, writer = ctx.Pipe(duplex=False)
        child = ctx.Process(target=answer, args=(there, writer))
        child.start()
        there.close(); writer.close()
        for i in range(5):
            here.send(i)
            print(here.recv())
        into = bytearray(100_000)
        print(reader.poll(10), reader.recv_bytes_into(into))
        child.join()
        for call in (reader.recv, lambda: here.send(1), lambda: reader.send(1)):
            try: print(call())
            except (EOFError, OSError) as error: print(type(error).__name__, error)
"""

SHARED = """
    import multiprocessing as mp, sys
    from multiprocessing import managers, shared_memory

    def use(value, name, box, queue, lock):
        for _ in range(10):
            with value.get_lock(): value.value += 1
        block = shared_memory.SharedMemory(name=name)
        block.close()
        for i in range(3): box[i] = i
        for _ in range(4): queue.get()
        with lock: pass

    if __name__ == "__main__":
        ctx = mp.get_context(sys.argv[1])
        value = ctx.Value("i", 0)
        array = ctx.Array("d", 4)
        raw = ctx.RawArray("i", [1, 2])
        block = shared_memory.SharedMemory(create=True, size=100)
        listed = shared_memory.ShareableList([1, 2])
        with ctx.Manager() as manager:
            box = manager.dict()
            queue = manager.Queue(5)
            lock = manager.Lock()
            for i in range(4): queue.put(i)
            child = ctx.Process(target=use, args=(value, block.name, box, queue, lock))
            child.start(); child.join()
            print(value.value, len(box), child.exitcode)
        with managers.SharedMemoryManager() as small:
            small.SharedMemory(10)
        block.close(); block.unlink(); listed.shm.close()
        listed.shm.unlink()
"""

THREADS = """
    import queue, threading

    def work(shared):
        while shared.get() is not None: shared.task_done()

    class Mine(queue.PriorityQueue):
        def __init__(self): super().__init__(3)

    alone = queue.Queue(); alone.put(1); alone.get()
    shared = Mine()
    worker = threading.Thread(target=work, args=(shared,))
    worker.start()
    for i in range(10): shared.put((i, ""))
    shared.join()
    with shared.mutex:
        shared.queue.append(None); shared.not_empty.notify()
    worker.join()
"""


def lines(folder: Path, seen: Outcome, kind: Primitive) -> list[Line]:
    """The rows of primitives of that kind; nothing of ours may have failed."""
    assert not seen.all(OurFault)
    assert not any(sum(told.drops) for told in seen.told)
    found = boards.lines(folder / "spool" / RUN)
    made = {line.uid for line in found if line.words[layout.KIND] == kind and line.born}
    return [line for line in found if line.uid in made]


def named(found: list[Line], name: str) -> list[Line]:
    """All rows of the one primitive of that name."""
    (uid,) = {line.uid for line in found if line.born and line.born[0] == name}
    return [line for line in found if line.uid == uid]


def sums(found: list[Line], *words: int) -> tuple[int, ...]:
    """What all processes together say."""
    return tuple(sum(line.words[word] for line in found) for word in words)


def counts(found: list[Line]) -> tuple[int, ...]:
    """Items in, items out."""
    return sums(found, layout.ITEMS_IN, layout.ITEMS_OUT)


@PYTHONS
@STARTED
def test_every_item_of_every_queue(tmp_path: Path, python: Interpreter, method: str) -> None:
    """An Empty or a Full was counted as an item, and a spawned child's queue was another queue."""
    seen = same(tmp_path, python.path, str(write(tmp_path, QUEUES)), method)
    queues = lines(tmp_path, seen, Primitive.QUEUE)
    items = named(queues, "items")
    assert counts(items) == (101, 101)
    assert sorted((line.words[layout.ITEMS_IN], line.words[layout.ITEMS_OUT]) for line in items) == [
        (0, 101), (1, 0), (100, 0),
    ]  # fmt: skip
    assert sums(items, layout.BYTES_IN) == sums(items, layout.BYTES_OUT)
    assert sums(items, layout.CALLS) == (101,), "what the feeders wrote"
    assert counts(named(queues, "results")) == (1, 1)
    (maker,) = [line for line in items if line.born]
    assert maker.words[layout.SIZE] == 10
    assert "job.py:" in maker.born[1]
    tasks = lines(tmp_path, seen, Primitive.JOINABLE_QUEUE)
    assert (*counts(tasks), *sums(tasks, layout.TASKS_DONE)) == (5, 5, 5)
    simple = lines(tmp_path, seen, Primitive.SIMPLE_QUEUE)
    assert counts(simple) == (3, 3)
    assert sums(simple, layout.BYTES_IN)[0] > 3000


@PYTHONS
@STARTED
def test_what_could_not_be_put_is_not_in(tmp_path: Path, python: Interpreter, method: str) -> None:
    """An item that could not be pickled stayed in the depth for ever."""
    seen = same(tmp_path, python.path, str(write(tmp_path, REFUSED)), method)
    found = lines(tmp_path, seen, Primitive.QUEUE)
    assert (*counts(found), *sums(found, layout.FOREIGN)) == (1, 1, 1)
    assert sums(found, layout.BLOCKED_NS)[0] >= 10_000_000


@PYTHONS
@STARTED
def test_every_message_of_a_pipe(tmp_path: Path, python: Interpreter, method: str) -> None:
    """A send that failed counted, and its exception had a frame of ours."""
    seen = same(tmp_path, python.path, str(write(tmp_path, PIPES)), method)
    pipes = lines(tmp_path, seen, Primitive.PIPE)
    assert sorted(counts([line for line in pipes if line.uid == uid]) for uid in {line.uid for line in pipes}) == [
        (0, 0), (1, 1),
    ], "the one that goes both ways is counted at its ends"  # fmt: skip
    assert sums(pipes, layout.BYTES_IN, layout.BYTES_OUT) == (100_000, 100_000)
    ends = lines(tmp_path, seen, Primitive.CONNECTION)
    assert sorted({line.born[2] for line in ends if line.born}) == ["first end", "second end"]
    assert counts(ends) == (10, 10)


@PYTHONS
@STARTED
def test_shared_state(tmp_path: Path, python: Interpreter, method: str) -> None:
    """Values, blocks and what a manager holds: who made it, who uses it, whether it is gone."""
    seen = same(tmp_path, python.path, str(write(tmp_path, SHARED)), method)
    assert [line.words[layout.SIZE] for line in lines(tmp_path, seen, Primitive.VALUE)] == [4]
    assert [line.words[layout.SIZE] for line in lines(tmp_path, seen, Primitive.ARRAY)] == [32]
    assert [line.words[layout.SIZE] for line in lines(tmp_path, seen, Primitive.RAW_ARRAY)] == [8]
    (value,) = lines(tmp_path, seen, Primitive.VALUE)
    locks = lines(tmp_path, seen, Primitive.RLOCK)
    (lock,) = {line.uid for line in locks if line.words[layout.OWNER] == value.uid}
    assert sums([line for line in locks if line.uid == lock], layout.ACQUIRED) == (31,)
    blocks = lines(tmp_path, seen, Primitive.SHARED_MEMORY)
    assert sorted(line.born[2] for line in blocks if line.born) == ["", "ShareableList", "SharedMemoryManager"]
    assert all(any(each.words[layout.FLAGS] & layout.FLAG_UNLINKED for each in blocks if each.uid == line.uid)
               for line in blocks)  # fmt: skip
    queue = lines(tmp_path, seen, Primitive.MANAGER_QUEUE)
    assert (*counts(queue), *sums(queue, layout.CALLS)) == (4, 4, 8)
    proxies = lines(tmp_path, seen, Primitive.PROXY)
    assert sums(named(proxies, "box"), layout.CALLS) == (4,)
    assert sums(named(proxies, "lock"), layout.ACQUIRED, layout.RELEASED) == (1, 1)
    servers = [line for line in lines(tmp_path, seen, Primitive.MANAGER) if line.born]
    assert sorted(line.born[0] for line in servers) == ["SharedMemoryManager", "SyncManager"]


@PYTHONS
def test_a_queue_between_threads(tmp_path: Path, python: Interpreter) -> None:
    """One that a single thread uses is nobody's business."""
    seen = same(tmp_path, python.path, str(write(tmp_path, THREADS)))
    (shared,) = lines(tmp_path, seen, Primitive.THREAD_QUEUE)
    assert shared.born[0] == "shared"
    assert shared.words[layout.SIZE] == 3
    assert (shared.words[layout.ITEMS_IN], shared.words[layout.TASKS_DONE]) == (10, 10)


AT_ONCE = """
    import multiprocessing as mp, queue, sys, threading

    def at_once(act):
        barrier = threading.Barrier(4)
        def one():
            barrier.wait()
            for _ in range(5): act()
        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()

    def child(items, end):
        sys.setswitchinterval(1e-6)
        at_once(items.get)
        at_once(lambda: end.send_bytes(b"x"))

    if __name__ == "__main__":
        ctx = mp.get_context("fork")
        items = ctx.Queue()
        reader, writer = ctx.Pipe(False)
        for i in range(200): items.put(i)
        for _ in range(10):
            process = ctx.Process(target=child, args=(items, writer)); process.start()
            for _ in range(20): reader.recv_bytes()
            process.join()
        sys.setswitchinterval(1e-6)
        for _ in range(20):
            between = queue.Queue()
            at_once(lambda: between.put(1))
        print(items.empty())
"""


@PYTHONS
def test_threads_that_meet_a_channel_at_once(tmp_path: Path, python: Interpreter) -> None:
    """The second one to come took the first one's work for a failure of ours, and its process counted no more."""
    seen = same(tmp_path, python.path, str(write(tmp_path, AT_ONCE)))
    assert not seen.all(OurFault)
    assert counts(named(lines(tmp_path, seen, Primitive.QUEUE), "items")) == (200, 200)
    assert counts(lines(tmp_path, seen, Primitive.PIPE)) == (200, 200)
    between = lines(tmp_path, seen, Primitive.THREAD_QUEUE)
    assert [line.words[layout.ITEMS_IN] for line in between] == [20] * 20


def test_switched_off(tmp_path: Path) -> None:
    """channels=off: queues and pipes run the standard library's own code."""
    python = present()[-1].path
    seen = same(tmp_path, python, str(write(tmp_path, QUEUES)), "fork", PROCSCOPE_CHANNELS="off")
    assert not [line for line in boards.lines(tmp_path / "spool" / RUN) if line.words[layout.KIND] >= Primitive.QUEUE]
    assert not seen.all(OurFault)
