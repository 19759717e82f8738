"""Processes and pools as a tree in preorder: main, its pools, their workers, the workers' own children.

A run may have had ten thousand workers (maxtasksperchild=1). Every live one is shown and every one that ended badly,
up to a limit; of those that ended in peace only the newest, the rest as a number on their pool.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from procscope.dashboard.presenters.nodes import pool_key, process_key
from procscope.runtime.store.rows import Pool, Process

PEACEFUL_SHOWN = 20
BROKEN_SHOWN = 200
Node = dict[str, Any]


def shown(processes: Iterable[Process]) -> tuple[list[Process], dict[int, int]]:
    """The processes that get a node, by id, and how many of each pool were left out."""
    seen: dict[tuple[int | None, bool], int] = defaultdict(int)
    kept: list[Process] = []
    left: dict[int, int] = defaultdict(int)
    for process in sorted(processes, key=lambda p: p.id, reverse=True):
        if process.alive or process.pool_id is None:
            kept.append(process)
            continue
        peaceful = process.state == "finished"
        seen[process.pool_id, peaceful] += 1
        if seen[process.pool_id, peaceful] <= (PEACEFUL_SHOWN if peaceful else BROKEN_SHOWN):
            kept.append(process)
        else:
            left[process.pool_id] += 1
    kept.reverse()
    return kept, dict(left)


def preorder(processes: Iterable[Process], pools: Iterable[Pool]) -> list[tuple[str, str | None, int]]:
    """(node id, parent's id, depth) of every node. What has no parent here, or is its own, hangs at the root."""
    wanted: dict[str, str | None] = {}
    for pool in pools:
        wanted[pool_key(pool.id)] = process_key(pool.process_id) if pool.process_id is not None else None
    for process in processes:
        wanted[process_key(process.id)] = _parent_of(process, wanted)
    children: dict[str | None, list[str]] = defaultdict(list)
    for key, parent in wanted.items():
        children[parent if parent in wanted else None].append(key)
    found = list(_walk(children))
    held = {key for key, _, _ in found}
    return found + [(key, None, 0) for key in wanted if key not in held]


def _parent_of(process: Process, wanted: Mapping[str, str | None]) -> str | None:
    if process.pool_id is not None and pool_key(process.pool_id) in wanted:
        return pool_key(process.pool_id)
    return process_key(process.parent_id) if process.parent_id is not None else None


def _walk(children: Mapping[str | None, list[str]]) -> Iterator[tuple[str, str | None, int]]:
    stack: list[tuple[str, str | None, int]] = [(key, None, 0) for key in reversed(children.get(None, []))]
    seen = set()
    while stack:
        key, parent, depth = stack.pop()
        if key in seen:
            continue
        seen.add(key)
        yield key, parent, depth
        stack.extend((child, key, depth + 1) for child in reversed(children.get(key, [])))
