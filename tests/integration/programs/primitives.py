"""Uses each primitive that processes can share, a number of times that is known."""

import multiprocessing
import queue
import sys
import threading
from multiprocessing import managers, shared_memory
from typing import Any


def work(n: int, things: tuple[Any, ...], start: Any) -> None:
    (lock, rlock, semaphore, bounded, event, condition, barrier, jobs, tracked, simple, value, array, shared, numbers,
     name) = things  # fmt: skip
    start.wait()
    for _ in range(10):
        with lock:
            pass
        with rlock, rlock:
            pass
        semaphore.acquire()
        semaphore.release()
        with bounded:
            pass
    assert event.wait(60)
    with condition:
        condition.notify()
    barrier.wait(60)
    for _ in range(5):
        jobs.put(b"x" * 100)
        tracked.get()
        tracked.task_done()
        simple.put(n)
    with value.get_lock():
        value.value += 1
    with array.get_lock():
        array[0] += 1
    for at in range(3):
        shared[f"{n}.{at}"] = at
        numbers.put(at)
    block = shared_memory.SharedMemory(name=name)
    block.close()
    jobs.close()
    jobs.join_thread()


def main() -> None:
    context: Any = multiprocessing.get_context(sys.argv[1])
    lock = context.Lock()
    rlock = context.RLock()
    semaphore = context.Semaphore(2)
    bounded = context.BoundedSemaphore(2)
    event = context.Event()
    condition = context.Condition()
    barrier = context.Barrier(2)
    start = context.Event()
    jobs = context.Queue(50)
    tracked = context.JoinableQueue()
    simple = context.SimpleQueue()
    receiver, sender = context.Pipe(duplex=False)
    value = context.Value("i", 0)
    array = context.Array("i", 4)
    raw = context.RawValue("i", 7)
    raws = context.RawArray("i", 3)
    manager = context.Manager()
    shared = manager.dict()
    numbers = manager.Queue()
    block = shared_memory.SharedMemory(create=True, size=4096)
    feed: queue.Queue[int] = queue.Queue()
    things = (lock, rlock, semaphore, bounded, event, condition, barrier, jobs, tracked, simple, value, array, shared,
              numbers, block.name)  # fmt: skip
    for n in range(10):
        tracked.put(n)
    left, right = context.Pipe()
    workers = [context.Process(target=work, args=(n, things, start)) for n in range(2)]
    for worker in workers:
        worker.start()
    start.set()
    event.set()
    got = [jobs.get() for _ in range(10)] + [simple.get() for _ in range(10)]
    tracked.join()
    sender.send("hello")
    assert receiver.recv() == "hello"
    for n in range(3):
        left.send(n)
        assert right.recv() == n
    right.send("back")
    assert left.recv() == "back"
    with managers.SharedMemoryManager() as memory:
        memory.SharedMemory(size=100).close()
    for worker in workers:
        worker.join()
    thread = threading.Thread(target=lambda: [feed.get() for _ in range(4)])
    thread.start()
    for n in range(4):
        feed.put(n)
    thread.join()
    block.close()
    block.unlink()
    print(len(got), value.value, array[0], raw.value, raws[0], sorted(shared.keys())[:2], numbers.qsize())
    manager.shutdown()


if __name__ == "__main__":
    main()
