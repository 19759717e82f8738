"""What one transaction will write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from procscope.runtime.collector.fold.rollups import Rollups

if TYPE_CHECKING:
    from procscope.runtime.collector.fold.primitives import Shared
    from procscope.runtime.collector.fold.standing import Key
    from procscope.runtime.collector.fold.state import Batch, Pool, Process, Run

TaskRow = tuple[Any, ...]
"""The columns of `tasks` in their order, without `rev`."""
TaskUpdate = tuple[Any, ...]
"""state, process_id, thread, args, started_us, finished_us, duration_us, failure_id, reason, arrived_us, bytes_in,
bytes_out, id."""


@dataclass(eq=False, slots=True)
class Changes:
    """Rows by table; runs, processes, pools and batches are written whole, from the objects as they are then."""

    tasks: list[TaskRow] = field(default_factory=list)
    updates: list[TaskUpdate] = field(default_factory=list)
    arrivals: list[tuple[int | None, int | None, int | None, int]] = field(default_factory=list)
    """arrived_us, bytes_in, bytes_out, id: of rows written before; None leaves what is there."""
    failures: list[tuple[Any, ...]] = field(default_factory=list)
    logs: list[tuple[Any, ...]] = field(default_factory=list)
    progress: list[tuple[int, int | None, str | None, int]] = field(default_factory=list)
    """done, total, text, id: as tasks tell it."""
    functions: list[tuple[int, str]] = field(default_factory=list)
    runs: set[Run] = field(default_factory=set)
    processes: set[Process] = field(default_factory=set)
    processes_gone: list[tuple[int]] = field(default_factory=list)
    pools: set[Pool] = field(default_factory=set)
    batches: set[Batch] = field(default_factory=set)
    chunks: dict[tuple[int, int, int], tuple[int, int, int]] = field(default_factory=dict)
    chunks_done: list[tuple[int, int, int]] = field(default_factory=list)
    drops: dict[tuple[int, int, str], list[int]] = field(default_factory=dict)
    journals: list[tuple[Any, ...]] = field(default_factory=list)
    journals_gone: list[tuple[str, int]] = field(default_factory=list)
    samples: list[tuple[Any, ...]] = field(default_factory=list)
    pool_samples: list[tuple[Any, ...]] = field(default_factory=list)
    host_samples: list[tuple[Any, ...]] = field(default_factory=list)
    primitives: set[Shared] = field(default_factory=set)
    uses: list[tuple[Any, ...]] = field(default_factory=list)
    holds: list[tuple[Any, ...]] = field(default_factory=list)
    holds_gone: list[Key] = field(default_factory=list)
    channel_samples: list[tuple[Any, ...]] = field(default_factory=list)
    collectors: list[tuple[Any, ...]] = field(default_factory=list)
    rollups: Rollups = field(default_factory=Rollups)

    def drop(self, run: Run, process_id: int, reason: str, n: int, at_us: int) -> None:
        """Count `n` facts of a process that are not here, by reason."""
        counted = self.drops.setdefault((run.id, process_id, reason), [0, at_us, at_us])
        counted[0] += n
        counted[2] = at_us
        run.dropped += n
        self.runs.add(run)

    @property
    def rows(self) -> int:
        """Task rows so far: what a transaction's size is measured by."""
        return len(self.tasks) + len(self.updates) + len(self.arrivals)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(getattr(self, name) for name in self.__slots__)
