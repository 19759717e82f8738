"""Why N workers were not N times faster: where their time went, as numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from procscope.runtime.diagnosis import chunksize
from procscope.runtime.diagnosis.loads import BatchLoad, FunctionLoad, PoolLoad, WorkerLoad
from procscope.runtime.diagnosis.words import several, span

STARTING, RECEIVING, SENDING, HANDLING = "starting", "receiving", "sending", "handling"
STRAGGLING, WAITING, LOCKS, UNKNOWN = "straggling", "waiting", "locks", "not_observed"
WELL = 0.9
"""From this efficiency on there is little to gain."""
SMALL = 16_384
"""Bytes in and out of a call below which it is their number that costs, not their size."""
PARENT_BUSY = 80.0
"""Percent of one core at which the parent has no time left to hand out work: its interpreter runs one thread."""


@dataclass(frozen=True, slots=True)
class Loss:
    """`us` of the workers' time went to `what`; `share` of all of it. Of locks: within the calls, not beside them."""

    what: str
    us: int
    share: float


@dataclass(frozen=True, slots=True)
class Chunking:
    """A map whose chunksize cost it time."""

    batch: BatchLoad
    chunksize: int
    gain: float


@dataclass(frozen=True, slots=True)
class Speedup:
    """`achieved` is the time in calls over the wall time: how many workers' worth of work was done at once."""

    load: PoolLoad
    wall_us: int
    achieved: float
    efficiency: float
    losses: tuple[Loss, ...]
    verdict: str
    chunkings: tuple[Chunking, ...]


def judged(load: PoolLoad) -> Speedup | None:
    """None where nothing has run yet, or the pool has no size."""
    wall = load.last_us - load.first_us
    if wall <= 0 or load.size <= 0 or not load.tasks:
        return None
    capacity = wall * load.size
    load = _with_the_calls_of_now(load)
    lost = [Loss(what, us, us / capacity) for what, us in _lost(load, capacity).items() if us > 0]
    losses = tuple(sorted(lost, key=lambda loss: -loss.us))
    efficiency = load.run_us / capacity
    return Speedup(
        load, wall, load.run_us / wall, efficiency, losses, _verdict(load, losses, efficiency), _chunkings(load)
    )


def _with_the_calls_of_now(load: PoolLoad) -> PoolLoad:
    """Calls that have not ended are work as well, as far as the pool's time goes: to the end of its last task."""
    parts = [0 if w.call_us is None else max(0, load.last_us - max(load.first_us, w.call_us)) for w in load.workers]
    workers = [replace(w, busy_us=w.busy_us - w.in_call_us + part) for w, part in zip(load.workers, parts, strict=True)]
    return replace(load, workers=tuple(workers), run_us=load.run_us + sum(parts))


def _lost(load: PoolLoad, capacity: int) -> dict[str, int]:
    if not load.clocked:
        return {UNKNOWN: capacity - load.run_us}
    workers, first, last = load.workers, load.first_us, load.last_us
    present = sum(
        max(0, min(last, w.ended_us or last) - max(first, w.started_us or first)) for w in workers
    )  # fmt: skip
    to_the_end = [w for w in workers if (w.ended_us or last) >= last and (w.call_us is None or w.call_us >= last)]
    lost = {
        STARTING: capacity - present,
        RECEIVING: sum(w.receiving_us for w in workers),
        SENDING: sum(w.sending_us for w in workers),
        HANDLING: sum(w.busy_us for w in workers) - load.run_us,
        STRAGGLING: sum(max(0, last - max(first, _idle_from(w, first))) for w in to_the_end),
    }
    lost = {what: max(0, us) for what, us in lost.items()}
    lost[WAITING] = max(0, capacity - load.run_us - sum(lost.values()))
    lost[LOCKS] = sum(w.lock_us or 0 for w in workers)
    return lost


def _idle_from(worker: WorkerLoad, first: int) -> int:
    """When it ended its last call; when it came, if it never had one."""
    if worker.last_us is not None:
        return worker.last_us
    return worker.started_us if worker.started_us is not None else first


def overhead_us(load: PoolLoad) -> float:
    """What one call or chunk costs a worker beside running it; with work waiting, also until it gets the next. What
    large arguments and results cost by their size is left out: fewer chunks do not make them smaller."""
    calls = sum(worker.calls for worker in load.workers)
    if not calls:
        return 0.0
    lost = _lost(load, (load.last_us - load.first_us) * load.size)
    between = 0 if _starved(load, lost.get(WAITING, 0), calls) else lost.get(WAITING, 0)
    volume = (load.bytes_in + load.bytes_out) / calls
    passing = (lost.get(RECEIVING, 0) + lost.get(SENDING, 0)) * min(1.0, SMALL / max(1.0, volume))
    return (passing + between) / calls


def _starved(load: PoolLoad, waiting_us: int, calls: int) -> bool:
    """Whether workers waited because there was nothing to do: tasks waited less than workers did."""
    return load.wait_us / load.tasks < waiting_us / calls


def _chunkings(load: PoolLoad) -> tuple[Chunking, ...]:
    cost = overhead_us(load)
    found = []
    for batch in load.batches:
        if batch.mean_us is None or not batch.chunks:
            continue
        better = chunksize.advice(
            batch.items, batch.mean_us, batch.deviation_us or 0.0, load.size, cost, batch.chunksize
        )
        if better is not None:
            found.append(Chunking(batch, better.chunksize, better.gain))
    return tuple(sorted(found, key=lambda one: -one.gain * one.batch.items * (one.batch.mean_us or 0)))


def _verdict(load: PoolLoad, losses: tuple[Loss, ...], efficiency: float) -> str:
    locks = next((loss for loss in losses if loss.what == LOCKS), None)
    if locks is not None and locks.share >= max(0.25 * efficiency, 0.05):
        return f"{span(locks.us)} of {span(load.run_us)} in calls were spent waiting for locks"
    if efficiency >= WELL or not losses:
        return "its workers were at work nearly all the time"
    worst = next(loss for loss in losses if loss.what != LOCKS)
    return f"{worst.share:.0%} of its workers' time: {_WORDS[worst.what](load, worst)}"


def _straggling(load: PoolLoad, _: Loss) -> str:
    calls = sum(worker.calls for worker in load.workers)
    if calls < 2 * load.size:
        return f"too few tasks: {several(calls, 'call')} for {several(load.size, 'worker')}"
    return "the others had nothing left to do while the last tasks ran"


def _waiting(load: PoolLoad, loss: Loss) -> str:
    calls = sum(worker.calls for worker in load.workers)
    if load.parent_cpu is not None and load.parent_cpu >= PARENT_BUSY:
        return f"waiting for a parent that was busy itself (CPU {load.parent_cpu:.0f} %)"
    if calls and _starved(load, loss.us, calls):
        return "waiting, with nothing there to do"
    return "waiting for the next task to be handed over, while there were some"


_WORDS: dict[str, Any] = {
    STARTING: lambda load, loss: "workers that were not there yet, or were being replaced",
    RECEIVING: lambda load, loss: f"receiving and unpickling arguments{_each(load.bytes_in, load.arrived)}",
    SENDING: lambda load, loss: f"pickling and sending results{_each(load.bytes_out, load.arrived)}",
    HANDLING: lambda load, loss: "between items: they are short for what handling one costs",
    STRAGGLING: _straggling,
    WAITING: _waiting,
    UNKNOWN: lambda load, loss: "not in calls; what it went to is not observed for threads",
}


def _each(total: int, n: int) -> str:
    return f" of {total / n / 1e6:.1f} MB each" if n and total / n >= 100_000 else ""


def as_object(found: Speedup) -> dict[str, Any]:
    """One line of `procscope speedup --json`. Durations are float seconds; what is not known is null."""
    load = found.load
    return {
        "pool": load.name,
        "kind": load.kind,
        "workers": load.size,
        "tasks": load.tasks,
        "wall_s": found.wall_us / 1e6,
        "run_s": load.run_us / 1e6,
        "achieved": round(found.achieved, 3),
        "efficiency": round(found.efficiency, 3),
        "wait_s": load.wait_us / load.tasks / 1e6,
        "transfer_s": load.transfer_us / load.arrived / 1e6 if load.arrived else None,
        "bytes_in": load.bytes_in if load.arrived else None,
        "bytes_out": load.bytes_out if load.arrived else None,
        "parent_cpu": load.parent_cpu,
        "lost": {loss.what: {"s": loss.us / 1e6, "share": round(loss.share, 3)} for loss in found.losses},
        "verdict": found.verdict,
        "overhead_s": overhead_us(load) / 1e6 if load.clocked else None,
        "chunksize": [_chunking_object(one) for one in found.chunkings],
        "functions": [_function_object(one) for one in load.functions],
        "by_worker": [_worker_object(worker) for worker in load.workers] if load.clocked else [],
    }


def _chunking_object(one: Chunking) -> dict[str, Any]:
    return {
        "func": one.batch.func,
        "method": one.batch.method,
        "items": one.batch.items,
        "mean_s": (one.batch.mean_us or 0.0) / 1e6,
        "chunksize": one.batch.chunksize,
        "better": one.chunksize,
        "gain": round(one.gain, 3),
    }


def _function_object(one: FunctionLoad) -> dict[str, Any]:
    """Means of one task; of chunks each item has its share of the way back and of the bytes."""
    known, arrived = max(1, one.tasks), one.arrived
    return {
        "func": one.func,
        "tasks": one.tasks,
        "run_s": one.run_us / known / 1e6,
        "wait_s": one.wait_us / known / 1e6,
        "transfer_s": one.transfer_us / arrived / 1e6 if arrived else None,
        "bytes_in": round(one.bytes_in / arrived) if arrived else None,
        "bytes_out": round(one.bytes_out / arrived) if arrived else None,
    }


def _worker_object(worker: Any) -> dict[str, Any]:
    return {
        "pid": worker.pid,
        "calls": worker.calls,
        "tasks": worker.tasks,
        "busy_s": worker.busy_us / 1e6,
        "idle_s": worker.idle_us / 1e6,
        "receiving_s": worker.receiving_us / 1e6,
        "sending_s": worker.sending_us / 1e6,
        "locks_s": None if worker.lock_us is None else worker.lock_us / 1e6,
    }
