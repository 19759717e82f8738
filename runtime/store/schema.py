"""The tables. Times are microseconds since the epoch (`*_us`) or whole seconds (`*_s`), UTC.

Every row that the dashboard follows carries `rev`: the number of the transaction that last touched it. Ids are
integers that grow. `uid` columns hold the journal's 63-bit uids, unique within a run. State codes of tasks are
`procscope.runtime.events.State`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

OPEN_TASK = text("state < 2")
UNUSUAL_TASK = text("state NOT IN (0, 2)")
SLOW_TASK = text("duration_us >= 100000")


# Only a column declared INTEGER is SQLite's rowid; BIGINT would make the key a second b-tree.
_ROWID = BigInteger().with_variant(Integer(), "sqlite")


def _id() -> Column[int]:
    return Column("id", _ROWID, primary_key=True, autoincrement=False)


def _big(name: str, default: int | None = None, *, key: bool = False) -> Column[int]:
    if key:
        return Column(name, BigInteger, primary_key=True, autoincrement=False)
    if default is None:
        return Column(name, BigInteger)
    return Column(name, BigInteger, nullable=False, server_default=str(default))


def _count(name: str) -> Column[int]:
    return _big(name, 0)


runs = Table(
    "runs",
    metadata,
    _id(),
    Column("key", String(32), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("argv", Text, nullable=False),  # JSON list of strings
    Column("cwd", Text),
    Column("host", Text),
    Column("user", Text),
    Column("python", String(32)),
    Column("start_method", String(16)),
    Column("state", String(10), nullable=False),  # running, finished, failed, killed
    Column("exit_code", Integer),  # negative for a signal
    _big("started_us", 0),
    _big("finished_us"),
    _count("pending"),
    _count("running"),
    _count("succeeded"),
    _count("failed"),
    _count("cancelled"),
    _count("lost"),
    _count("workers"),
    _count("dropped"),
    Column("notes", Text),  # JSON list: what was not observed, and why
    _count("rev"),
)

processes = Table(
    "processes",
    metadata,
    _id(),
    _big("run_id", 0),
    _big("uid", 0),
    _big("parent_id"),
    _big("pool_id"),  # the pool this process works for
    _big("pid", 0),
    _big("start_ticks"),
    Column("boot_id", String(36)),
    # main, process, worker, manager, subprocess, forkserver, resource_tracker, helper
    Column("kind", String(16), nullable=False),
    Column("name", Text),
    Column("daemon", Boolean),
    Column("target", Text),
    Column("args", Text),
    Column("start_method", String(16)),
    Column("python", String(32)),
    Column("state", String(10), nullable=False),  # starting, running, finished, failed, killed, unknown
    Column("exit_code", Integer),
    Column("signal", Integer),
    Column("reason", Text),
    _big("started_us"),
    _big("ended_us"),
    _count("tasks_done"),
    _big("current_task"),  # tasks.number of the running task; stays as the black box after death
    _big("current_func"),  # functions.id
    _big("current_index"),
    _big("current_since_us"),
    Column("current_args", Text),
    Column("cpu", Float),  # percent of one core, latest sample
    _big("rss"),
    _big("uss"),
    Column("threads", Integer),
    Column("fds", Integer),
    Column("os_state", String(16)),
    _count("rev"),
    _count("busy_us"),  # of a worker, so far: in calls, waiting for one, sending results, unpickling, waiting for locks
    _count("idle_us"),
    _count("sending_us"),
    _count("receiving_us"),
    _count("lock_us"),
    _count("calls"),  # calls and chunks it served
    _big("orphaned_us"),  # when its parent ended while it lived on
    _big("zombie_us"),  # since when it has been dead without its parent asking for its exit code; NULL once it has
    _big("last_us"),  # when it sent its last result
    Column("unobserved", Text),  # what procscope does not see of it, in words: of a library's own worker, its tasks
    Index("processes_of_run", "run_id", "id"),
    Index("processes_rev", "rev"),
    Index("processes_pid", "pid", "id"),
)

pools = Table(
    "pools",
    metadata,
    _id(),
    _big("run_id", 0),
    _big("uid", 0),
    _big("process_id"),  # its owner
    Column("kind", String(32), nullable=False),
    Column("name", Text),
    Column("size", Integer),
    Column("start_method", String(16)),
    Column("max_tasks", Integer),
    Column("initializer", Text),
    Column("site", Text),
    Column("state", String(12), nullable=False),  # open, closing, terminated, broken, closed
    Column("reason", Text),
    _big("opened_us", 0),
    _big("closed_us"),
    _count("pending"),
    _count("running"),
    _count("succeeded"),
    _count("failed"),
    _count("cancelled"),
    _count("lost"),
    _count("workers_started"),
    _big("progress_us"),  # when a task of it last ended
    _count("rev"),
    _big("first_us"),  # when something was first submitted to it
    Column("retired", Text),  # JSON: how many of its workers are gone, by why
    Column("initializer_error", Text),  # what its initializer raised last
    Column("note", Text),  # JSON: what the collector must remember of its chunks on their way
    Column("unobserved", Text),  # what procscope does not see of it, in words: of a wrapped executor, what runs where
    Index("pools_of_run", "run_id", "id"),
    Index("pools_rev", "rev"),
)

batches = Table(
    "batches",
    metadata,
    _id(),
    _big("run_id", 0),
    _big("pool_id", 0),
    _big("number", 0),
    _big("func_id"),
    Column("method", String(24)),
    _big("total"),  # NULL while unknown
    _big("chunksize"),
    _big("submitted_us", 0),
    _big("finished_us"),
    _count("running"),
    _count("succeeded"),
    _count("failed"),
    _count("cancelled"),
    _count("lost"),
    _count("folded"),  # items of succeeded that have no row
    _count("busy_us"),
    _count("rev"),
    _count("chunks"),  # that ended
    _count("wait_us"),  # from the call to the start of each, summed
    _count("arrived"),  # chunks whose results arrived: how many the next three are of
    _count("transfer_us"),
    _count("bytes_in"),
    _count("bytes_out"),
    Index("batches_of_run", "run_id", "id"),
    Index("batches_rev", "rev"),
)

functions = Table(
    "functions",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
)

tasks = Table(
    "tasks",
    metadata,
    _id(),
    _big("run_id", 0),
    _big("pool_id"),
    _big("batch_id"),
    _big("item_index"),
    _big("number", 0),
    _big("func_id", 0),
    Column("state", SmallInteger, nullable=False),
    _big("process_id"),
    Column("thread", Text),
    Column("args", Text),
    _big("submitted_us"),
    _big("started_us"),
    _big("finished_us"),
    _big("duration_us"),  # finished - started
    _big("failure_id"),
    Column("reason", Text),  # why cancelled or lost
    _count("rev"),
    _big("arrived_us"),  # when the parent had the result
    _big("bytes_in"),  # of the pickled call and of the pickled result; NULL where not known
    _big("bytes_out"),
    _big("progress_done"),  # as the task itself told it
    _big("progress_total"),
    Column("progress_text", Text),
    Index("tasks_of_run", "run_id", "id"),
    Index("tasks_of_func", "func_id", "id"),
    Index("tasks_of_process", "process_id", "id"),
    Index("tasks_open", "run_id", "id", sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK),
    Index("tasks_unusual", "state", "id", sqlite_where=UNUSUAL_TASK, postgresql_where=UNUSUAL_TASK),
    Index("tasks_slow", "duration_us", sqlite_where=SLOW_TASK, postgresql_where=SLOW_TASK),
)

failures = Table(
    "failures",
    metadata,
    _id(),
    _big("run_id", 0),
    _big("task_id"),
    _big("func_id"),
    _big("process_id"),
    _big("at_us", 0),
    Column("stage", String(16), nullable=False),  # task, result, callback, process, initializer, thread
    Column("type", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("raised", Text, nullable=False),  # JSON of events.Raised as nested lists
    Column("fingerprint", String(32), nullable=False),
    _count("rev"),
    Column("thread", Text),  # the thread it ended, in stage thread
    Index("failures_of_run", "run_id", "id"),
    Index("failures_rev", "rev"),
)

samples = Table(
    "samples",
    metadata,
    _big("process_id", key=True),
    Column("step", SmallInteger, primary_key=True, autoincrement=False),  # 1, 10 or 60 seconds
    _big("at_s", key=True),
    Column("cpu", Float),
    _big("rss"),
    _big("uss"),
    _big("read_bytes"),
    _big("write_bytes"),
    Column("threads", Integer),
    Column("fds", Integer),
    _big("switches"),
    sqlite_with_rowid=False,
)

pool_samples = Table(
    "pool_samples",
    metadata,
    _big("pool_id", key=True),
    Column("step", SmallInteger, primary_key=True, autoincrement=False),
    _big("at_s", key=True),
    _big("depth"),
    _big("running"),
    _big("done"),  # cumulative: succeeded + failed + cancelled + lost
    _big("failed"),  # cumulative
    sqlite_with_rowid=False,
)

host_samples = Table(
    "host_samples",
    metadata,
    Column("host", String(128), primary_key=True),
    Column("step", SmallInteger, primary_key=True, autoincrement=False),
    _big("at_s", key=True),
    Column("cpu", Float),
    _big("memory_used"),
    _big("memory_total"),
    _big("memory_limit"),  # of the cgroup, NULL where none
    _big("oom_kills"),
    sqlite_with_rowid=False,
)

task_rollups = Table(
    "task_rollups",
    metadata,
    _big("minute", key=True),  # of finishing, minutes since the epoch
    _big("run_id", key=True),
    _big("pool_id", key=True),
    _big("func_id", key=True),
    Column("state", SmallInteger, primary_key=True, autoincrement=False),
    _count("n"),
    _count("busy_us"),
    _count("wait_us"),
    _count("arrived"),  # tasks whose results arrived, whatever became of them: beside those that succeeded only
    _count("transfer_us"),
    _count("bytes_in"),
    _count("bytes_out"),
    Index("task_rollups_of_func", "func_id", "minute"),
    Index("task_rollups_of_run", "run_id", "minute"),
    sqlite_with_rowid=False,
)

duration_rollups = Table(
    "duration_rollups",
    metadata,
    _big("minute", key=True),
    _big("run_id", key=True),
    _big("pool_id", key=True),  # 0 for none
    _big("func_id", key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    _count("n"),
    Index("duration_rollups_of_func", "func_id", "minute"),
    Index("duration_rollups_of_pool", "pool_id", "minute"),
    sqlite_with_rowid=False,
)

logs = Table(
    "logs",  # log records of WARNING and above, and what a process wrote to stderr last
    metadata,
    _id(),
    _big("run_id", 0),
    _big("process_id"),
    _big("task_id"),  # the task it was said in, NULL for none
    _big("at_us", 0),
    Column("source", String(8), nullable=False),  # logging, stderr
    Column("level", SmallInteger),  # as in logging: 30 is WARNING
    Column("logger", Text),
    Column("site", Text),
    Column("message", Text, nullable=False),
    _count("rev"),
    Index("logs_of_run", "run_id", "id"),
    Index("logs_of_task", "task_id", "id"),
)

primitives = Table(
    "primitives",  # locks, queues, pipes, shared memory, proxies: what processes share
    metadata,
    _id(),
    _big("run_id", 0),
    _big("uid", 0),
    _big("owner_uid"),  # of a part (a queue's lock, a pool's queue): the primitive or the pool it belongs to
    Column("role", String(24)),  # what it is to its owner
    Column("kind", String(24), nullable=False),  # the class's name: Lock, Queue, Pipe, SharedMemory, ...
    Column("name", Text),
    Column("site", Text),  # file:line where the program made it
    _big("process_id"),  # who made it
    _big("created_us"),
    _big("size"),  # maxsize of a queue, value of a semaphore, parties of a barrier, bytes of shared memory
    Column("state", String(10), nullable=False),  # open, closed, unlinked, leaked, gone
    _big("depth"),  # items in a queue now, NULL where not known
    _big("unfinished"),  # of a JoinableQueue
    _count("rev"),
    Index("primitives_of_run", "run_id", "id"),
    Index("primitives_rev", "rev"),
)

primitive_uses = Table(
    "primitive_uses",  # what one process did with one primitive, so far
    metadata,
    _big("primitive_id", key=True),
    _big("process_id", key=True),
    _big("run_id", 0),
    _count("acquired"),
    _count("released"),
    _count("contended"),  # of acquired, puts and gets: how often it had to wait
    _count("items_in"),
    _count("items_out"),
    _count("bytes_in"),
    _count("bytes_out"),
    _count("calls"),
    _count("wait_us"),  # waited to acquire or get
    _count("blocked_us"),  # blocked in put or send
    _count("hold_us"),  # held, or in calls
    Column("waits", Text),  # JSON [[bucket, count], ...] of sketch.bucket
    Column("holds", Text),
    _big("last_us"),
    _count("rev"),
    _count("done"),  # task_done() of a JoinableQueue
    _count("signals"),  # of released: what it did not hold
    Index("primitive_uses_of_run", "run_id", "primitive_id"),
    sqlite_with_rowid=False,
)

holds = Table(
    "holds",  # who holds and who waits for what at this moment; what the dead held stays
    metadata,
    _big("primitive_id", key=True),  # where `what` is result or within: the pool's id; process: that process's
    _big("process_id", key=True),
    _big("thread", key=True),  # ident
    Column(
        "what", String(8), primary_key=True
    ),  # holds, or the kind of wait: acquire, get, put, recv, ...; of the dead also reads, writes
    _big("run_id", 0),
    _big("since_us", 0),
    Column("site", Text),  # file:line in function
    _count("rev"),
    Index("holds_of_run", "run_id"),
    sqlite_with_rowid=False,
)

channel_samples = Table(
    "channel_samples",
    metadata,
    _big("primitive_id", key=True),
    Column("step", SmallInteger, primary_key=True, autoincrement=False),
    _big("at_s", key=True),
    _big("depth"),
    _big("items_in"),  # cumulative
    _big("items_out"),
    sqlite_with_rowid=False,
)

drops = Table(
    "drops",
    metadata,
    _big("run_id", key=True),
    _big("process_id", key=True),
    Column("reason", String(32), primary_key=True),
    _count("n"),
    _big("first_us"),
    _big("last_us"),
    sqlite_with_rowid=False,
)

journals = Table(
    "journals",
    metadata,
    Column("journal", String(32), primary_key=True),
    Column("region", Integer, primary_key=True, autoincrement=False),
    _big("run_id", 0),
    _big("process_id"),
    Column("seq", Integer, nullable=False),
    _big("offset", 0),
    Column("note", Text),  # JSON: what the collector must remember of the region beside its offset
)

open_chunks = Table(
    "open_chunks",  # an executor's chunks that are submitted and not done: the journal names only their number
    metadata,
    _big("run_id", key=True),
    _big("pool_id", key=True),
    _big("number", key=True),
    _big("batch_id", 0),
    _big("base", 0),
    _big("size", 0),
)

collectors = Table(
    "collectors",
    metadata,
    Column("host", String(128), primary_key=True),
    Column("spool", Text, primary_key=True),
    _big("pid"),
    _big("started_us"),
    _big("seen_us"),
)

sequences = Table(
    "sequences",
    metadata,
    Column("name", String(32), primary_key=True),  # a table's name, or 'rev'
    _count("value"),  # the highest number handed out
)
