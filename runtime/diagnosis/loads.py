"""What pools did with their workers' time: the facts that `speedup` judges. Times are µs, sizes bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkerLoad:
    """One worker process; `lock_us` is what it waited for the program's locks, within its calls. It has been in the
    call or item of now since `call_us` (None: in none), of which `busy_us` counts `in_call_us`."""

    pid: int | None
    busy_us: int
    idle_us: int
    sending_us: int
    receiving_us: int
    lock_us: int | None
    calls: int
    tasks: int
    started_us: int | None
    last_us: int | None
    ended_us: int | None
    call_us: int | None = None
    in_call_us: int = 0


@dataclass(frozen=True, slots=True)
class BatchLoad:
    """One map call. Mean and standard deviation are those of its function's items, None where none was timed."""

    id: int
    func: str | None
    method: str
    items: int
    chunksize: int
    chunks: int
    mean_us: float | None
    deviation_us: float | None
    transfer_us: int
    bytes_in: int
    bytes_out: int
    arrived: int


@dataclass(frozen=True, slots=True)
class FunctionLoad:
    """One function's tasks in a pool: sums over `tasks`, transfer and bytes over `arrived` of them."""

    func: str
    tasks: int
    run_us: int
    wait_us: int
    arrived: int
    transfer_us: int
    bytes_in: int
    bytes_out: int


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """A pool from its first submission to the end of its last task so far.

    `run_us` and `wait_us` are summed over `tasks`, transfer and bytes over `arrived` of them. `parent_cpu` is the
    mean CPU of its owner in percent. `clocked`: its workers say what their time went to.
    """

    id: int
    name: str
    kind: str
    size: int
    clocked: bool
    first_us: int
    last_us: int
    tasks: int
    run_us: int
    wait_us: int
    arrived: int
    transfer_us: int
    bytes_in: int
    bytes_out: int
    parent_cpu: float | None
    workers: tuple[WorkerLoad, ...]
    batches: tuple[BatchLoad, ...]
    functions: tuple[FunctionLoad, ...] = ()
