"""The vocabulary: every fact a process can state about itself, as a small frozen type.

    kind  event              emitted by  when                                            written as
    ----  -----------------  ----------  ----------------------------------------------  ----------
      1   Name               any         the first use of a string in a segment          packed
      2   TaskSubmitted      parent      before a task is put on the pool's queue        packed
      3   TaskRan            worker      after the call returned, before its result is   packed
                                         put (its start is in the thread's slot)
      4   ChunkSubmitted     parent      an executor's map puts one chunk on the queue   packed
      5   ChunkRan           worker      a chunk ended, or ran long enough to report     packed
      6   ResultArrived      parent      a result was received and unpickled, before     packed
                                         it is handed out
     16   BatchSubmitted     parent      map, starmap, imap, Executor.map was called     JSON
     17   TaskFailed         worker      a call raised (just before TaskRan/ChunkRan)    JSON
     18   TaskDropped        parent      a task will never run: cancelled, unpicklable   JSON
     19   ResultFailed       either      a result could not be sent, or a callback or    JSON
                                         done-callback of it raised
     20   TaskSettled        parent      a task of a wrapped executor is over: where and  JSON
                                         since when it ran is not known
     24   PoolOpened         parent      a Pool or Executor was made                     JSON
     25   PoolState          parent      it is closing, terminated, broken, closed       JSON
     32   ProcessStarted     parent      Process.start returned with a pid               JSON
     33   ProcessAlive       itself      first record of a process                       JSON
     34   ProcessEnding      itself      run() returned or raised, or the interpreter    JSON
                                         is at its exit
     35   ProcessExited      parent      poll() or wait() saw the exit code              JSON
     36   ProcessNotStarted  parent      Process.start raised                            JSON
     37   ProcessSignalled   parent      terminate() or kill() was called on a child     JSON
     38   WorkerRetired      worker      a pool worker's loop ended of itself            JSON
     39   InitializerFailed  worker      a pool's initializer raised                     JSON
     40   ThreadFailed       itself      a thread ended by an exception nobody caught    JSON
     41   ServantStarted     parent      a fork server or resource tracker was started   JSON
     48   NotObserved        any         a hook group could not be installed             JSON
     49   OurFault           any         our own code failed and switched itself off     JSON
     50   Logged             any         a log record of WARNING or above was handled    JSON
     51   Progressed         worker      the next task tells its progress: the last      JSON
                                         word of the one before, if that ran for long

All times are monotonic nanoseconds (`clock.mono_ns`). `pool`, `process` and `parent` are uids: 63-bit
integers unique within a run, 0 for "none". A task's identity is (pool, number): `number` is the Pool's job
number or the executor's work id; a Process that is not a pool's worker is a task of pool 0 whose number is
the process's own uid. Adding a field: give it a default, append it last. Adding a kind: a new number; old
readers keep and count what they do not know.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple


class State(IntEnum):
    """The six states of a task, as stored."""

    PENDING = 0
    RUNNING = 1
    SUCCEEDED = 2
    FAILED = 3
    CANCELLED = 4
    LOST = 5


OPEN_STATES = (State.PENDING, State.RUNNING)
CLOSED_STATES = (State.SUCCEEDED, State.FAILED, State.CANCELLED, State.LOST)


class Drop(IntEnum):
    """Why a fact was not written: the index of its counter in the segment header."""

    SPOOL_FULL = 0
    DISK_FULL = 1
    TOO_LARGE = 2
    CAPTURE_FAILED = 3
    HOOK_FAILED = 4
    NO_REGION = 5
    LOG_LIMIT = 6


class Kind(IntEnum):
    """The number of each event in the journal."""

    NAME = 1
    TASK_SUBMITTED = 2
    TASK_RAN = 3
    CHUNK_SUBMITTED = 4
    CHUNK_RAN = 5
    RESULT_ARRIVED = 6
    BATCH_SUBMITTED = 16
    TASK_FAILED = 17
    TASK_DROPPED = 18
    RESULT_FAILED = 19
    TASK_SETTLED = 20
    POOL_OPENED = 24
    POOL_STATE = 25
    PROCESS_STARTED = 32
    PROCESS_ALIVE = 33
    PROCESS_ENDING = 34
    PROCESS_EXITED = 35
    PROCESS_NOT_STARTED = 36
    PROCESS_SIGNALLED = 37
    WORKER_RETIRED = 38
    INITIALIZER_FAILED = 39
    THREAD_FAILED = 40
    SERVANT_STARTED = 41
    NOT_OBSERVED = 48
    OUR_FAULT = 49
    LOGGED = 50
    PROGRESSED = 51


class Primitive(IntEnum):
    """What processes share, by its number on a board; `PRIMITIVE_NAMES` gives the names people know."""

    LOCK = 1
    RLOCK = 2
    SEMAPHORE = 3
    BOUNDED_SEMAPHORE = 4
    EVENT = 5
    CONDITION = 6
    BARRIER = 7
    QUEUE = 16
    JOINABLE_QUEUE = 17
    SIMPLE_QUEUE = 18
    PIPE = 19
    CONNECTION = 20
    MANAGER_QUEUE = 21
    THREAD_QUEUE = 22
    VALUE = 32
    ARRAY = 33
    RAW_VALUE = 34
    RAW_ARRAY = 35
    SHARED_MEMORY = 36
    MANAGER = 48
    PROXY = 49


PRIMITIVE_NAMES = {
    Primitive.LOCK: "Lock",
    Primitive.RLOCK: "RLock",
    Primitive.SEMAPHORE: "Semaphore",
    Primitive.BOUNDED_SEMAPHORE: "BoundedSemaphore",
    Primitive.EVENT: "Event",
    Primitive.CONDITION: "Condition",
    Primitive.BARRIER: "Barrier",
    Primitive.QUEUE: "Queue",
    Primitive.JOINABLE_QUEUE: "JoinableQueue",
    Primitive.SIMPLE_QUEUE: "SimpleQueue",
    Primitive.PIPE: "Pipe",
    Primitive.CONNECTION: "Connection",
    Primitive.MANAGER_QUEUE: "Manager.Queue",
    Primitive.THREAD_QUEUE: "queue.Queue",
    Primitive.VALUE: "Value",
    Primitive.ARRAY: "Array",
    Primitive.RAW_VALUE: "RawValue",
    Primitive.RAW_ARRAY: "RawArray",
    Primitive.SHARED_MEMORY: "SharedMemory",
    Primitive.MANAGER: "Manager",
    Primitive.PROXY: "Proxy",
}


class Wait(IntEnum):
    """What a thread is blocked in, by its number in the wait slot."""

    ACQUIRE = 1
    GET = 2
    PUT = 3
    RECV = 4
    SEND = 5
    WAIT = 6
    JOIN = 7
    PROCESS = 8
    RESULT = 9
    CALL = 10


class TaskSubmitted(NamedTuple):
    """One call was submitted. `func` is a qualified name, `args` a safe preview ('' if not captured)."""

    at: int
    pool: int
    number: int
    func: str
    args: str = ""
    batch: int = -1
    index: int = -1  # type: ignore[assignment]
    """In a batch whose items are tasks of their own (ThreadPoolExecutor.map): its number and the item's."""


class TaskRan(NamedTuple):
    """One call ran from `started` to `ended`; `outcome` is SUCCEEDED or FAILED. `thread` is '' in processes.

    `bytes` is the size of the pickled call as the worker received it, -1 where none was (threads, plain processes).
    """

    pool: int
    number: int
    started: int
    ended: int
    outcome: int
    thread: str = ""
    bytes: int = -1


class ChunkSubmitted(NamedTuple):
    """Executor.map put chunk `number` (a work id) holding items `base` … `base + size - 1` of `batch`."""

    at: int
    pool: int
    number: int
    batch: int
    base: int
    size: int


class SlowItem(NamedTuple):
    """An item of a chunk that earns a row of its own. `offset` counts from the start of the chunk."""

    offset: int
    started: int
    ended: int
    args: str


class ChunkRan(NamedTuple):
    """Items of one chunk that ended since the last report.

    `number` is the Pool's job (then `chunk` is the chunk's place in the map) or the executor's work id
    (then `chunk` is -1). `first` is the offset of the first item this report counts; it counts `succeeded +
    failed` items. `rest` items after a failure never ran. `buckets` is the duration sketch of all succeeded
    items: (bucket, count) pairs, see `procscope.runtime.sketch`. `slow` items are among the counted ones.
    `last` is true when the chunk is done; then `bytes` is the size of the pickled chunk, -1 where it was not pickled.
    """

    pool: int
    number: int
    chunk: int
    first: int
    succeeded: int
    failed: int
    rest: int
    started: int
    ended: int
    busy: int
    last: bool
    buckets: tuple[tuple[int, int], ...]
    slow: tuple[SlowItem, ...]
    thread: str = ""
    bytes: int = -1


class ResultArrived(NamedTuple):
    """The parent has the result of a call (`chunk` is -1), of an executor's chunk (-1 too) or of chunk `chunk` of a
    Pool's batch. `bytes` is the size of the pickled result, -1 where unknown. Of threads there is none."""

    at: int
    pool: int
    number: int
    chunk: int
    bytes: int


class Frame(NamedTuple):
    """One frame of a traceback; `ours` marks the program's own files, not libraries or the standard one."""

    file: str
    line: int
    func: str
    source: str
    ours: bool


class Raised(NamedTuple):
    """An exception as a value. `link` says how it hangs on the one that holds it: '', cause, context, group."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    causes: tuple[Raised, ...] = ()
    link: str = ""


class BatchSubmitted(NamedTuple):
    """map & co. was called. `total` is -1 when the iterable has no length. `number` is the Pool's job, or for
    an executor a number of our own, negative so that it cannot be a work id."""

    at: int
    pool: int
    number: int
    func: str
    method: str
    total: int
    chunksize: int


class TaskFailed(NamedTuple):
    """A call raised. In a chunk `offset` is the item's, else -1; `chunk` as in ChunkRan."""

    pool: int
    number: int
    chunk: int
    offset: int
    started: int
    ended: int
    args: str
    raised: Raised


class TaskDropped(NamedTuple):
    """A task or a whole batch (`number` of either) will not run. `outcome` is CANCELLED or FAILED, `reason` words.

    Of a Pool's batch only chunk `chunk` of `size` items, unless that is -1.
    """

    at: int
    pool: int
    number: int
    outcome: int
    reason: str
    raised: Raised | None = None
    chunk: int = -1
    size: int = -1


class ResultFailed(NamedTuple):
    """What came after the call failed. `stage` is 'result' (unpicklable) or 'callback'; `fatal` if the pool hangs."""

    at: int
    pool: int
    number: int
    stage: str
    raised: Raised
    fatal: bool = False


class TaskSettled(NamedTuple):
    """A task is over, as its future says: nobody saw it start. `outcome` is any end; `reason` words, or ''."""

    at: int
    pool: int
    number: int
    outcome: int
    reason: str = ""
    raised: Raised | None = None


class PoolOpened(NamedTuple):
    """`kind` is Pool, ThreadPool, ProcessPoolExecutor, ThreadPoolExecutor, or the class of an executor that was
    wrapped; `site` is 'file:line'. `size` is 0 where it is not known. `unobserved`: what is not seen of it, in words.
    """

    at: int
    pool: int
    kind: str
    size: int
    name: str
    start_method: str
    max_tasks: int
    initializer: str
    site: str
    unobserved: str = ""


class PoolState(NamedTuple):
    """`state` is closing, terminated, broken or closed; `culprits` are pids of workers that died by themselves."""

    at: int
    pool: int
    state: str
    reason: str = ""
    culprits: tuple[int, ...] = ()


class ProcessStarted(NamedTuple):
    """A parent started a child. `kind` is process, worker or manager; `pool` that of a worker, else 0."""

    at: int
    process: int
    pid: int
    kind: str
    name: str
    pool: int
    daemon: bool
    target: str
    args: str
    start_method: str
    library: str = ""
    """The library whose own worker code runs in it: what tasks it is given there is not observed."""


class ProcessAlive(NamedTuple):
    """A process speaks for the first time. `kind` adds main and subprocess to those of ProcessStarted."""

    at: int
    process: int
    parent: int
    pid: int
    ppid: int
    kind: str
    name: str
    pool: int
    target: str
    start_method: str
    python: str
    argv: tuple[str, ...]


class ProcessEnding(NamedTuple):
    """A process is about to end, as it sees it itself. `exit_code` is -1 where it cannot know."""

    at: int
    process: int
    exit_code: int
    raised: Raised | None = None


class ProcessExited(NamedTuple):
    """A parent saw a child's end: `exit_code` as in `Process.exitcode`, negative for a signal."""

    at: int
    process: int
    pid: int
    exit_code: int


class ProcessNotStarted(NamedTuple):
    """Process.start raised; no child exists."""

    at: int
    process: int
    name: str
    target: str
    raised: Raised


class ProcessSignalled(NamedTuple):
    """The program itself sent a child `signal`: what follows is deliberate.

    `why` is '' for terminate(), kill() and interrupt() of a Process; daemon, pool, executor, broken or manager where
    the standard library did it at its parent's exit, for its pool or for its manager.
    """

    at: int
    process: int
    pid: int
    signal: int
    why: str = ""


class WorkerRetired(NamedTuple):
    """A worker's loop ended; `done` counts its tasks. `thread` is '' where the worker is a process.

    `reason` is sentinel, maxtasks, eof, initializer (it raised), exit (sys.exit() in a task), or exception.
    """

    at: int
    process: int
    pool: int
    reason: str
    done: int
    thread: str = ""


class InitializerFailed(NamedTuple):
    """A pool's initializer raised in worker `process`, or in `thread` of it."""

    at: int
    process: int
    pool: int
    raised: Raised
    thread: str = ""


class ThreadFailed(NamedTuple):
    """An exception that nobody caught ended `thread` of a process; not those of a pool's worker threads."""

    at: int
    process: int
    thread: str
    daemon: bool
    raised: Raised


class ServantStarted(NamedTuple):
    """The standard library started a process of its own, which never speaks: `kind` forkserver, resource_tracker."""

    at: int
    process: int
    pid: int
    kind: str


class NotObserved(NamedTuple):
    """A group of hooks is not in place, and why: its facts are absent, not zero."""

    at: int
    group: str
    reason: str


class OurFault(NamedTuple):
    """Our own code raised in the user's process at `where`; that hook group is switched off."""

    at: int
    where: str
    error: str


class Logged(NamedTuple):
    """A log record of WARNING or above that its logger's filters let through: in a task (`offset` as in TaskFailed)
    or, where pool and number are 0, in none. `site` is 'file:line in function'."""

    at: int
    pool: int
    number: int
    chunk: int
    offset: int
    level: int
    logger: str
    site: str
    message: str


class Progressed(NamedTuple):
    """How far a task (or item, `offset` as in TaskFailed) had come when it said so last; `total` -1 if unknown."""

    pool: int
    number: int
    chunk: int
    offset: int
    done: int
    total: int
    text: str


class Unknown(NamedTuple):
    """A record of a kind this version does not know: kept and counted, never dropped."""

    kind: int
    body: bytes


Event = (
    TaskSubmitted | TaskRan | ChunkSubmitted | ChunkRan | ResultArrived | BatchSubmitted | TaskFailed | TaskDropped
    | ResultFailed | TaskSettled | PoolOpened | PoolState | ProcessStarted | ProcessAlive | ProcessEnding
    | ProcessExited | ProcessNotStarted | ProcessSignalled | WorkerRetired | InitializerFailed | ThreadFailed
    | ServantStarted | NotObserved | OurFault | Logged | Progressed | Unknown
)  # fmt: skip

RICH: dict[Kind, Any] = {
    Kind.BATCH_SUBMITTED: BatchSubmitted,
    Kind.TASK_FAILED: TaskFailed,
    Kind.TASK_DROPPED: TaskDropped,
    Kind.RESULT_FAILED: ResultFailed,
    Kind.TASK_SETTLED: TaskSettled,
    Kind.POOL_OPENED: PoolOpened,
    Kind.POOL_STATE: PoolState,
    Kind.PROCESS_STARTED: ProcessStarted,
    Kind.PROCESS_ALIVE: ProcessAlive,
    Kind.PROCESS_ENDING: ProcessEnding,
    Kind.PROCESS_EXITED: ProcessExited,
    Kind.PROCESS_NOT_STARTED: ProcessNotStarted,
    Kind.PROCESS_SIGNALLED: ProcessSignalled,
    Kind.WORKER_RETIRED: WorkerRetired,
    Kind.INITIALIZER_FAILED: InitializerFailed,
    Kind.THREAD_FAILED: ThreadFailed,
    Kind.SERVANT_STARTED: ServantStarted,
    Kind.NOT_OBSERVED: NotObserved,
    Kind.OUR_FAULT: OurFault,
    Kind.LOGGED: Logged,
    Kind.PROGRESSED: Progressed,
}
"""The kinds written as a JSON list of the type's fields, in order."""
