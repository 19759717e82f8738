"""What programs do with workers, in small pieces that print what came of it. Only the standard library."""

# As programs are written: without types.
# mypy: ignore-errors

import concurrent.futures
import concurrent.futures.process
import concurrent.futures.thread
import multiprocessing
import multiprocessing.connection
import multiprocessing.managers
import multiprocessing.pool
import multiprocessing.queues
import multiprocessing.shared_memory
import multiprocessing.sharedctypes
import multiprocessing.synchronize
import os
import queue
import signal
import sys
import threading
import time

STAGES = {}


def print(*values):
    """At once, so that no fork ever carries half a line along."""
    os.write(1, " ".join(map(str, values)).encode("utf-8", "backslashreplace") + b"\n")


def stage(function):
    STAGES[function.__name__] = function
    return function


def context(method="fork"):
    return multiprocessing.get_context(method)


def double(x):
    return 2 * x


def add(a, b=0):
    return a + b


def fail(x):
    raise ValueError(x)


def fail_at_three(x):
    if x == 3:
        raise KeyError(x)
    return x


def locked(_):
    return threading.Lock()


def nap(seconds):
    time.sleep(seconds)
    return seconds


def leave(code):
    os._exit(code)


def said(act, *args, **kwds):
    """The result or the exception as text."""
    try:
        return repr(act(*args, **kwds))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class Own(multiprocessing.Process):
    def run(self):
        sys.exit(5)


@stage
def process():
    ctx = context()
    for target, args in ((double, (1,)), (fail, ("no",)), (sys.exit, (3,)), (os._exit, (4,))):
        child = ctx.Process(target=target, args=args, kwargs={})
        child.start()
        child.join()
        print(child.exitcode, child.is_alive())
    child = Own()
    child.start()
    child.join()
    print(child.exitcode)
    child.close()


@stage
def signalled():
    child = context().Process(target=nap, args=(30,), daemon=True)
    child.start()
    child.terminate()
    child.join()
    print(child.exitcode, said(child.start))


@stage
def pool_calls():
    with context().Pool(2) as pool:
        print(pool.apply(add, (1,), {"b": 2}), said(pool.apply, fail, (1,)))
        got = []
        result = pool.apply_async(double, (4,), callback=got.append)
        print(result.get(), result.successful(), got)
        print(said(pool.apply, double, (threading.Lock(),)))
        print(said(pool.apply, locked, (1,)).partition(":")[0])


@stage
def pool_maps():
    pool = context().Pool(2, maxtasksperchild=3)
    # The chunksizes that they would have: to work them out fails, bare as well, while both workers are replaced.
    print(pool.map(double, range(10), 2), pool.map(double, [1], 1), pool.starmap(add, [(1, 2), (3, 4)], 1))
    print(said(pool.map, fail_at_three, range(6), 1), pool.map_async(double, "abc", chunksize=1).get())
    print(list(pool.imap(double, iter(range(5)), chunksize=2)), sorted(pool.imap_unordered(double, range(4))))
    print(said(list, pool.imap(fail_at_three, range(5))))
    pool.close()
    pool.join()


@stage
def thread_pool():
    with multiprocessing.pool.ThreadPool(2) as pool:
        print(pool.map(double, range(5)), said(pool.apply, fail, (1,)), list(pool.imap(double, range(3))))


@stage
def executor():
    done = []
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context()) as pool:
        print(pool.submit(add, 1, b=2).result(), said(pool.submit(fail, 2).result))
        print(list(pool.map(double, range(7), chunksize=3)), list(pool.map(add, [1, 2], [3, 4])))
        print(said(list, pool.map(fail_at_three, range(5), chunksize=2)))
        print(said(pool.submit(double, threading.Lock()).result))
        future = pool.submit(double, 2)
        future.add_done_callback(lambda future: done.append(future.result()))
    print(done)


@stage
def executor_broken():
    pool = concurrent.futures.ProcessPoolExecutor(1, mp_context=context())
    print(said(pool.submit(leave, 3).result).partition(":")[0])
    print(said(pool.submit, double, 1).partition(":")[0])
    pool.shutdown()


@stage
def executor_initializer():
    pool = concurrent.futures.ProcessPoolExecutor(1, mp_context=context(), initializer=fail, initargs=("bad",))
    print(said(pool.submit(double, 3).result).partition(":")[0])
    pool.shutdown(wait=True)


@stage
def thread_executor():
    done = []
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        gate = threading.Event()
        first, second = pool.submit(gate.wait, 1), pool.submit(double, 2)
        print(second.cancel(), second.cancelled())
        gate.set()
        print(first.result(), said(pool.submit(fail, 1).result), list(pool.map(double, range(4))))
        future = pool.submit(double, 9)
        future.add_done_callback(lambda future: done.append(future.result()))
    print(done)


@stage
def pool_initializer():
    pool = context().Pool(1, initializer=double, initargs=(1,))
    print(pool.apply(double, (3,)))
    pool.terminate()
    pool.join()


def hold(lock, count, times):
    for _ in range(times):
        with lock:
            count.value += 1


@stage
def locks():
    ctx = context()
    for make in (ctx.Lock, ctx.RLock, ctx.Semaphore, ctx.BoundedSemaphore):
        lock, count = make(), ctx.Value("i", 0)
        children = [ctx.Process(target=hold, args=(lock, count, 20), daemon=True) for _ in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        print(count.value, lock.acquire(), lock.acquire(timeout=0.001), said(lock.release))
    print(said(ctx.Lock().release), said(ctx.RLock().release))


def meet(barrier, event, condition):
    event.wait(5)
    with condition:
        condition.notify_all()
    barrier.wait(5)


@stage
def meetings():
    ctx = context()
    barrier, event, condition = ctx.Barrier(2), ctx.Event(), ctx.Condition()
    child = ctx.Process(target=meet, args=(barrier, event, condition), daemon=True)
    child.start()
    print(event.is_set(), event.wait(0.001))
    with condition:
        event.set()
        print(condition.wait(5), condition.wait_for(lambda: True))
    barrier.wait(5)
    child.join()
    print(child.exitcode, barrier.broken, event.is_set(), said(condition.notify))


def echo(first, second):
    for item in iter(first.get, None):
        second.put(item)


@stage
def queues():
    ctx = context()
    for make in (ctx.Queue, ctx.JoinableQueue, ctx.SimpleQueue):
        first, second = make(), make()
        child = ctx.Process(target=echo, args=(first, second), daemon=True)
        child.start()
        for item in (1, "two", [3], None):
            first.put(item)
        print([second.get() for _ in range(3)], child.join(), child.exitcode, second.empty())
    limited = ctx.Queue(1)
    limited.put(1)
    print(said(limited.put, 2, False), limited.get(), said(limited.get, True, 0.001), limited.qsize())
    joined = ctx.JoinableQueue()
    joined.put(1)
    joined.get()
    print(joined.task_done(), joined.join(), said(joined.task_done))
    for each in (limited, joined):
        each.close()
        each.join_thread()


@stage
def thread_queues():
    items, out = queue.Queue(2), queue.Queue()
    thread = threading.Thread(target=echo, args=(items, out), daemon=True)  # nobody feeds it after an interrupt
    thread.start()
    for item in (1, 2, 3, None):
        items.put(item)
    thread.join()
    print([out.get_nowait() for _ in range(3)], said(out.get_nowait), items.qsize())


def answer(connection):
    while (got := connection.recv()) is not None:
        connection.send(got)
    connection.send_bytes(b"bye")
    connection.close()


@stage
def pipes():
    ctx = context()
    here, there = ctx.Pipe()
    child = ctx.Process(target=answer, args=(there,), daemon=True)
    child.start()
    there.close()
    for item in (1, "two", b"3" * 100):
        here.send(item)
        print(here.poll(5), here.recv())
    here.send(None)
    print(here.recv_bytes(), said(here.recv).partition(":")[0], said(here.send, threading.Lock()))
    child.join()
    one, other = ctx.Pipe(duplex=False)
    print(said(one.send, 1), said(other.recv), multiprocessing.connection.wait([one], 0))


@stage
def shared():
    ctx = context()
    value, array, raw = ctx.Value("i", 3), ctx.Array("i", 4), ctx.RawArray("d", 2)
    with value.get_lock():
        value.value += 1
    array[1] = 5
    raw[0] = 2.5
    print(value.value, array[:], list(raw), ctx.RawValue("i", 7).value, said(array.__getitem__, 9))
    memory = multiprocessing.shared_memory.SharedMemory(create=True, size=100)
    memory.buf[0] = 9
    again = multiprocessing.shared_memory.SharedMemory(memory.name)
    print(again.buf[0], said(multiprocessing.shared_memory.SharedMemory, "no-such-name").partition(":")[0])
    again.close()
    memory.close()
    memory.unlink()


@stage
def managed():
    with context().Manager() as manager:
        shared, words, items, lock = manager.dict(), manager.list([1]), manager.Queue(), manager.Lock()
        shared["a"] = 1
        words.append(2)
        items.put(3)
        with lock:
            print(dict(shared), list(words), items.get(), said(shared.__getitem__, "b"), said(items.get_nowait))


@stage
def spawned():
    ctx = context("spawn")
    child = ctx.Process(target=fail, args=("no",))
    child.start()
    child.join()
    print(child.exitcode, said(ctx.Process(target=double, args=(threading.Lock(),)).start))
    with ctx.Pool(1) as pool:
        print(pool.map(double, range(3)), said(pool.apply, fail, (1,)))


@stage
def fork_served():
    ctx = context("forkserver")
    child = ctx.Process(target=sys.exit, args=(6,))
    child.start()
    child.join()
    print(child.exitcode)
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=ctx) as pool:
        print(pool.submit(double, 3).result())


def raw(code):
    pid = os.fork()
    if not pid:
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@stage
def raw_fork():
    print(raw(3))
    child = context().Process(target=raw, args=(2,))
    child.start()
    child.join()
    print(child.exitcode)


@stage
def own_signal():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append("alarm"))
    child = context().Process(target=nap, args=(0.02,))
    child.start()
    signal.setitimer(signal.ITIMER_REAL, 0.005)
    child.join()
    while not rung:
        time.sleep(0.001)
    signal.signal(signal.SIGALRM, before)
    print(rung, child.exitcode)
