"""What each pool of a run did with its workers' time, for `procscope.runtime.diagnosis.speedup`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from procscope.runtime import sketch
from procscope.runtime.diagnosis.loads import BatchLoad, FunctionLoad, PoolLoad, WorkerLoad
from procscope.runtime.store.queries.reading import Reader

BATCHES = 200
WORKERS = 1000
FUNCTIONS = 100
_SUMMED = ("tasks", "run_us", "wait_us", "arrived", "transfer_us", "bytes_in", "bytes_out")
_POOLS = """SELECT id, coalesce(name, kind), kind, coalesce(size, 0), first_us, progress_us, process_id FROM pools
 WHERE run_id = :run AND first_us IS NOT NULL ORDER BY id"""
_SUMS = """SELECT pool_id, func_id, sum(CASE WHEN state IN (2, 3) THEN n ELSE 0 END),
 sum(CASE WHEN state IN (2, 3) THEN busy_us ELSE 0 END), sum(CASE WHEN state IN (2, 3) THEN wait_us ELSE 0 END),
 sum(arrived), sum(transfer_us), sum(bytes_in), sum(bytes_out)
 FROM task_rollups WHERE run_id = :run GROUP BY pool_id, func_id"""
_WORKERS = """SELECT pool_id, id, pid, busy_us, idle_us, sending_us, receiving_us, calls, tasks_done, started_us,
 last_us, ended_us, CASE WHEN ended_us IS NULL THEN current_since_us END
 FROM processes WHERE run_id = :run AND pool_id IS NOT NULL AND kind = 'worker' ORDER BY id"""
_LOCKS = """SELECT u.process_id, sum(u.wait_us) FROM primitive_uses u JOIN primitives p ON p.id = u.primitive_id
 WHERE u.run_id = :run AND p.owner_uid IS NULL AND p.kind IN ('Lock', 'RLock', 'Semaphore', 'BoundedSemaphore')
 GROUP BY u.process_id"""
_BATCHES = """SELECT pool_id, id, func_id, method, succeeded + failed, chunksize, chunks, transfer_us, bytes_in,
 bytes_out, arrived FROM batches WHERE run_id = :run AND method IS NOT NULL AND chunksize IS NOT NULL
 ORDER BY id DESC LIMIT :most"""
_DURATIONS = """SELECT pool_id, func_id, bucket, sum(n) FROM duration_rollups WHERE pool_id IN :pools AND run_id = :run
 GROUP BY pool_id, func_id, bucket"""
_CPU = """SELECT avg(cpu) FROM samples WHERE process_id = :process AND step IN (1, 10, 60)
 AND at_s BETWEEN :first AND :last"""


class LoadQueries(Reader):
    """Pools by what they cost and what they did."""

    def loads(self, run_id: int) -> list[PoolLoad]:
        """Every pool of a run to which something was submitted, oldest first."""
        with self.snapshot():
            pools = [row for row in self._rows(_POOLS, run=run_id) if row[5] is not None]
            functions = self._functions_of(run_id)
            workers, batches = self._workers(run_id), self._batches(run_id, [row[0] for row in pools])
            return [self._load(row, functions[row[0]], workers[row[0]], batches[row[0]]) for row in pools]

    def _load(
        self, pool: Any, functions: list[FunctionLoad], workers: list[WorkerLoad], batches: list[BatchLoad]
    ) -> PoolLoad:
        number, name, kind, size, first_us, last_us, owner = pool
        sums = [sum(getattr(one, name) for one in functions) for name in _SUMMED]
        return PoolLoad(
            number, name, kind, size, any(worker.calls for worker in workers), first_us, last_us,
            **dict(zip(_SUMMED, sums, strict=True)), parent_cpu=self._cpu(owner, first_us, last_us),
            workers=tuple(workers[:WORKERS]), batches=tuple(batches), functions=tuple(functions[:FUNCTIONS]),
        )  # fmt: skip

    def _functions_of(self, run_id: int) -> dict[int, list[FunctionLoad]]:
        """By pool, those that ran longest first."""
        found: dict[int, list[FunctionLoad]] = defaultdict(list)
        rows = self._rows(_SUMS, run=run_id)
        names = self.function_names(row[1] for row in rows)
        for pool, func, *sums in rows:
            found[pool].append(FunctionLoad(names.get(func, "?"), *[int(n or 0) for n in sums]))
        for each in found.values():
            each.sort(key=lambda one: -one.run_us)
        return found

    def _workers(self, run_id: int) -> dict[int, list[WorkerLoad]]:
        locks = {row[0]: int(row[1] or 0) for row in self._rows(_LOCKS, run=run_id)}
        found: dict[int, list[WorkerLoad]] = defaultdict(list)
        looked = int(self._one("SELECT max(seen_us) FROM collectors")[0] or 0)
        for pool, number, pid, busy, idle, sending, receiving, *rest in self._rows(_WORKERS, run=run_id):
            since = rest.pop()
            in_call = 0 if since is None else min(busy, max(0, looked - since))
            load = WorkerLoad(pid, busy, idle, sending, receiving, locks.get(number), *rest)
            found[pool].append(replace(load, call_us=since, in_call_us=in_call))
        return found

    def _batches(self, run_id: int, pools: Sequence[int]) -> dict[int, list[BatchLoad]]:
        found: dict[int, list[BatchLoad]] = defaultdict(list)
        rows = self._rows(_BATCHES, run=run_id, most=BATCHES) if pools else []
        buckets: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        for pool, func, bucket, n in self._rows(_DURATIONS, run=run_id, pools=list(pools)) if rows else []:
            buckets[pool, func][bucket] = int(n)
        names = self.function_names(row[2] for row in rows)
        for pool, number, func, method, items, size, chunks, transfer, into, out, arrived in reversed(rows):
            mean, deviation = spread(buckets.get((pool, func), {}))
            found[pool].append(
                BatchLoad(
                    number, names.get(func), method, items, size, chunks, mean, deviation, transfer, into, out, arrived
                )
            )
        return found

    def _cpu(self, process_id: int | None, first_us: int, last_us: int) -> float | None:
        if process_id is None:
            return None
        row = self._one(_CPU, process=process_id, first=first_us // 1_000_000 + 1, last=last_us // 1_000_000)
        return round(float(row[0]), 1) if row and row[0] is not None else None


def spread(buckets: Mapping[int, int]) -> tuple[float | None, float | None]:
    """Mean and standard deviation in µs of bucket → count, None where there is nothing."""
    n = sum(buckets.values())
    if n <= 0:
        return None, None
    middles = {number: sketch.middle(number) / 1000 for number in buckets}
    mean = sum(middles[number] * count for number, count in buckets.items()) / n
    square = sum((middles[number] - mean) ** 2 * count for number, count in buckets.items()) / n
    return mean, math.sqrt(square)
