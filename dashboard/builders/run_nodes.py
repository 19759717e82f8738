"""The worker tree kept between two snapshots: only nodes whose row changed are made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from procscope.dashboard.presenters.nodes import pool_node, process_is_stuck, process_node
from procscope.dashboard.presenters.tree import preorder, shown
from procscope.runtime.store.rows import Pool, PoolRate, Process, Quantiles

Node = dict[str, Any]
_MOVING = ("cpu", "rss")


class RunNodes:
    """Rows in, elements out. An element that stays equal stays the same object, so that a diff can skip it."""

    def __init__(self, task_limit: float) -> None:
        self.processes: dict[int, Process] = {}
        self.pools: dict[int, Pool] = {}
        self._task_limit = task_limit
        self._run_key = ""
        self._changed: set[int] = set()
        self._stuck: dict[int, bool] = {}
        self._nodes: dict[str, Node] = {}
        self._shape: list[tuple[str, str | None, int]] = []
        self._retired: dict[int, int] = {}
        self._known: frozenset[tuple[int, bool]] = frozenset()

    def add(self, run_key: str, processes: Iterable[Process], pools: Iterable[Pool]) -> None:
        """Take in rows that changed."""
        self._run_key = run_key
        for pool in pools:
            self.pools[pool.id] = pool
        for process in processes:
            self.processes[process.id] = process
            self._changed.add(process.id)

    def busy_functions(self) -> set[int]:
        """Functions that run somewhere now."""
        alive = (process for process in self.processes.values() if process.alive)
        return {process.current_func_id for process in alive if process.current_func_id is not None}

    def refresh(self, rates: Mapping[int, PoolRate], usual: Mapping[int, Quantiles], now: int) -> None:
        """Make the elements that are due."""
        self._reshape()
        for key, parent, depth in self._shape:
            number = int(key[1:])
            if key[0] == "q":
                made = {**pool_node(self.pools[number], rates.get(number)), "retired": self._retired.get(number, 0)}
            else:
                stuck = self._is_stuck(self.processes[number], usual, now)
                if key in self._nodes and number not in self._changed and self._stuck.get(number) == stuck:
                    continue
                self._stuck[number] = stuck
                made = process_node(self.processes[number], self._run_key, stuck, None)
            self._put(key, {**made, "parent": parent, "depth": depth}, now // 1_000_000)
        self._changed.clear()

    def _is_stuck(self, process: Process, usual: Mapping[int, Quantiles], now: int) -> bool:
        found = usual.get(process.current_func_id) if process.current_func_id is not None else None
        return process_is_stuck(process, found, now, self._task_limit)

    def _put(self, key: str, made: Node, at: int) -> None:
        """`at` moves only with a figure that is drawn: a viewer adds a point to the sparkline whenever it does."""
        old = self._nodes.get(key)
        if "at" in made:
            moved = old is None or any(old[name] != made[name] for name in _MOVING)
            made["at"] = at if moved or old is None else old["at"]
        if made != old:
            self._nodes[key] = made

    def _reshape(self) -> None:
        """The shape changes when a process comes, ends or is left out: far more seldom than its figures."""
        known = frozenset((p.id, p.alive) for p in self.processes.values()) | {(-q, True) for q in self.pools}
        if known == self._known:
            return
        self._known = known
        kept, self._retired = shown(self.processes.values())
        self._shape = preorder(kept, self.pools.values())
        held = {key for key, _, _ in self._shape}
        self._nodes = {key: node for key, node in self._nodes.items() if key in held}

    def elements(self) -> list[Node]:
        """All nodes in preorder."""
        return [self._nodes[key] for key, _, _ in self._shape]
