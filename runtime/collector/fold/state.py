"""What the collector knows of the runs it follows: open things only.

Each class carries the columns of its table by name (all but `rev`), so that a row is one `attrgetter` call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from procscope.runtime.collector.fold import notes
from procscope.runtime.collector.fold.arrivals import Arrived, Ended
from procscope.runtime.collector.fold.changes import Changes
from procscope.runtime.collector.fold.spans import Spans
from procscope.runtime.events import TaskSubmitted

if TYPE_CHECKING:
    from procscope.runtime.collector.fold.primitives import Shared
    from procscope.runtime.collector.fold.standing import Key, Sight


class Open(NamedTuple):
    """A task that has a row and no end. `batch` is the number of its batch, -1 for none; `item` its index there."""

    id: int
    func_id: int
    args: str | None
    submitted_us: int | None
    batch: int
    item: int | None
    failure_id: int | None = None
    presumed: bool = False
    """Its end was presumed: the row says so, and is kept in case that a record knows better."""


class Seen(NamedTuple):
    """Where and since when a task runs."""

    process_id: int
    started_us: int
    thread: str | None


class Found(NamedTuple):
    """A task that has closed, as its row says."""

    id: int
    func_id: int
    state: int
    submitted_us: int | None
    started_us: int | None
    finished_us: int | None
    failure_id: int | None
    received: int | None = None
    arrived_us: int | None = None


class Chunk(NamedTuple):
    """An executor's chunk on its way."""

    batch: int
    base: int
    size: int


@dataclass(eq=False, slots=True)
class Batch:
    """One map call. `open` items are counted among its pool's; `presumed` ones were closed without a record."""

    id: int
    run_id: int
    pool_id: int
    number: int
    func_id: int | None = None
    method: str | None = None
    total: int | None = None
    chunksize: int | None = None
    submitted_us: int = 0
    finished_us: int | None = None
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    lost: int = 0
    folded: int = 0
    busy_us: int = 0
    chunks: int = 0
    wait_us: int = 0
    arrived: int = 0
    transfer_us: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    known: bool = False
    itemised: bool = False
    announced: int = 0
    presumed: int = 0
    presumed_state: int = 4
    rows: dict[int, Open] = field(default_factory=dict)
    ended: Spans = field(default_factory=Spans)
    """Which items are known to have ended."""

    @property
    def closed(self) -> int:
        """Items that have ended, one way or another."""
        return self.succeeded + self.failed + self.cancelled + self.lost

    @property
    def open(self) -> int:
        """Items announced and not ended."""
        return max(0, self.announced - self.closed)


@dataclass(eq=False, slots=True)
class Pool:
    """A Pool or Executor; uid 0 stands for the plain processes of a run and has no row (id 0)."""

    id: int
    run_id: int
    uid: int
    process_id: int | None = None
    kind: str = "unknown"
    name: str | None = None
    size: int | None = None
    start_method: str | None = None
    max_tasks: int | None = None
    initializer: str | None = None
    site: str | None = None
    state: str = "open"
    reason: str | None = None
    opened_us: int = 0
    closed_us: int | None = None
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    lost: int = 0
    workers_started: int = 0
    progress_us: int | None = None
    retired: str | None = None
    """JSON: how many of its workers are gone, by why: see `fold.turnover`."""
    initializer_error: str | None = None
    first_us: int | None = None
    unobserved: str | None = None
    open: int = 0
    owner: int = 0
    owner_end: str = ""
    """How its owner ended, in words; '' while it lives."""
    fresh: dict[int, TaskSubmitted] = field(default_factory=dict)
    rows: dict[int, Open] = field(default_factory=dict)
    seen: dict[int, Seen] = field(default_factory=dict)
    failing: dict[int, Failing] = field(default_factory=dict)
    chunks: dict[int, Chunk] = field(default_factory=dict)
    batches: dict[int, Batch] = field(default_factory=dict)
    workers: set[int] = field(default_factory=set)
    ended: dict[int, Ended] = field(default_factory=dict)
    arrived: dict[int, Arrived] = field(default_factory=dict)
    chunk_ends: dict[tuple[int, int], Ended] = field(default_factory=dict)
    chunk_arrivals: dict[tuple[int, int], Arrived] = field(default_factory=dict)
    """Tasks and chunks of which one half is told: see `fold.arrivals`."""
    came_now: list[int] = field(default_factory=list)
    restored: bool = False

    @property
    def note(self) -> str | None:
        """What of these must survive the collector."""
        return notes.note(self)

    @property
    def pending(self) -> int:
        """Submitted and not started."""
        return max(0, self.open - self.running)

    @property
    def threaded(self) -> bool:
        """Whether its workers are threads of its owner."""
        return self.kind.startswith(("Thread", "Interpreter"))


class Failing(NamedTuple):
    """A task that raised and whose end is not told yet. `task_id` is the id its row will have or has."""

    failure_id: int
    task_id: int
    args: str


@dataclass(eq=False, slots=True)
class Process:
    """A process of a run. `pool` is the one it works for, `parent` its parent's uid."""

    id: int
    run_id: int
    uid: int
    parent_id: int | None = None
    pool_id: int | None = None
    pid: int = 0
    start_ticks: int | None = None
    boot_id: str | None = None
    kind: str = "helper"
    name: str | None = None
    daemon: bool | None = None
    target: str | None = None
    args: str | None = None
    start_method: str | None = None
    python: str | None = None
    state: str = "starting"
    exit_code: int | None = None
    signal: int | None = None
    reason: str | None = None
    started_us: int | None = None
    ended_us: int | None = None
    tasks_done: int = 0
    current_task: int | None = None
    current_func: int | None = None
    current_index: int | None = None
    current_since_us: int | None = None
    current_args: str | None = None
    cpu: float | None = None
    rss: int | None = None
    uss: int | None = None
    threads: int | None = None
    fds: int | None = None
    os_state: str | None = None
    busy_us: int = 0
    idle_us: int = 0
    sending_us: int = 0
    receiving_us: int = 0
    lock_us: int = 0
    calls: int = 0
    last_us: int | None = None
    orphaned_us: int | None = None
    zombie_us: int | None = None
    unobserved: str | None = None
    parent: int = 0
    pool: int = 0
    counted: bool = False
    exit_known: bool = False
    exit_us: int | None = None
    """When its parent saw that it had ended."""
    orderly: bool = False
    left: str = ""
    """Why a worker's loop ended, as it said itself: see `fold.turnover`."""
    owned: list[int] = field(default_factory=list)
    """uids of the pools it made."""

    @property
    def live(self) -> bool:
        """Whether its end is not known."""
        return self.state in ("starting", "running")


@dataclass(eq=False, slots=True)
class Run:
    """A run and all that is open in it."""

    id: int
    key: str
    name: str = ""
    argv: str = "[]"
    cwd: str | None = None
    host: str | None = None
    user: str | None = None
    python: str | None = None
    start_method: str | None = None
    state: str = "running"
    exit_code: int | None = None
    started_us: int = 0
    finished_us: int | None = None
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    lost: int = 0
    workers: int = 0
    dropped: int = 0
    notes: str | None = None
    open: int = 0
    main: int = 0
    main_pid: int = 0
    main_ticks: int = 0
    boot_id: str = ""
    slow_ns: int = 1_000_000
    """Items that run as long have rows: 0 for all, -1 for none."""
    delta: int | None = None
    processes: dict[int, Process] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    """uid → id of processes that have ended and are kept in the database only."""
    pools: dict[int, Pool] = field(default_factory=dict)
    zombies: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    """Those a collector before this one saw unreaped: uid, parent's uid, pid, start time in ticks, µs of death."""
    primitives: dict[int, Shared] = field(default_factory=dict)
    primitive_rows: dict[int, Shared] = field(default_factory=dict)
    """The same by id."""
    holds: dict[Key, tuple[int, str | None]] = field(default_factory=dict)
    """What the database showed of holds when this collector took over: (since, site)."""
    dead_holds: list[Sight] = field(default_factory=list)
    """Of these, what the dead left."""

    @property
    def pending(self) -> int:
        """Submitted and not started, in all its pools."""
        return max(0, self.open - self.running)

    @property
    def live(self) -> bool:
        """Whether its main process has not ended."""
        return self.state == "running"


Find = Callable[[int, int, int], "Found | None"]
ItemRow = tuple[int, int | None, int | None]
"""Id, start and end (µs) of an item's row."""


@dataclass(eq=False, slots=True)
class World:
    """What all runs share: the transaction being filled, names, and where ids come from.

    `find(run_id, pool_id, number)` looks up a task that has closed, `load(process_id)` a process that has ended,
    `items(batch_id, first, end)` the rows of items that have, by index; all may ask the database.
    """

    changes: Changes
    task_ids: Iterator[int]
    next_id: Callable[[str], int]
    functions: dict[str, int]
    find: Find
    load: Callable[[int], Process | None]
    items: Callable[[int, int, int], dict[int, ItemRow]]

    def func_id(self, name: str) -> int:
        """The id of a function's qualified name, made on first use."""
        found = self.functions.get(name)
        if found is None:
            found = self.functions[name] = self.next_id("functions")
            self.changes.functions.append((found, name))
        return found


class Report(NamedTuple):
    """The last chunk a region told of: `reached` is the offset after the last item counted, `done` its end."""

    pool: int
    number: int
    chunk: int
    reached: int
    done: bool
    succeeded: int
    batch: Batch | None = None
    base: int = 0
    busy: int = 0
    whole: bool = True
    """Whether this collector has read all of the chunk's reports."""

    @property
    def key(self) -> tuple[int, int, int]:
        """What names the chunk."""
        return (self.pool, self.number, self.chunk)


Item = tuple[int, int, int, int]
"""pool uid, number, chunk, offset."""


class ChunkRows(NamedTuple):
    """Rows of items of one chunk by offset."""

    chunk: tuple[int, int, int]
    by_offset: dict[int, ItemRow]


@dataclass(eq=False, slots=True)
class Source:
    """One region of one process's journal, as the fold sees it.

    `delta` turns its monotonic ns into wall ns. `accept`: a reference to what was never submitted is taken as it
    stands and no longer waited for. `last` is the last task closed: (pool, number, how).
    """

    world: World
    run: Run
    process: Process
    delta: int
    accept: bool = False
    report: Report | None = None
    last: tuple[int, int, Found] | None = None
    failed_item: tuple[int, int, int, int] | None = None
    item_row: tuple[int, int] = (-1, 0)
    """The last item's row, if this chunk wrote one: its place among the transaction's rows, its id."""
    rows: ChunkRows = field(default_factory=lambda: ChunkRows((0, 0, 0), {}))
    """Those of the chunk whose item got a row last."""
    progressed: dict[Item, tuple[int, int | None, str | None]] = field(default_factory=dict)
    """What items without a row said of themselves: see `fold.progress`."""

    def us(self, mono: int) -> int:
        """Microseconds since the epoch."""
        return (mono + self.delta) // 1000
