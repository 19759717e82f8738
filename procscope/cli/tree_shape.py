"""The order of the lines of a tree: a pool's workers below the pool, which hangs on the process that made it. Pure.

Of the workers of one pool that ended in peace, which may be ten thousand, the newest are shown and the others counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

PEACEFUL_SHOWN = 20
Node = dict[str, Any]


def branches(node: Node, first: str = "", rest: str = "") -> Iterator[tuple[str, Node]]:
    """(the lines that lead to it, node) of a node and all below. A pool's node has kind pool, a count kind more."""
    yield first, node
    below = _below(node)
    for at, child in enumerate(below):
        last = at == len(below) - 1
        yield from branches(child, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _below(node: Node) -> Sequence[Node]:
    children = node.get("children", ())
    pools = node.get("pools", ())
    names = {pool["name"] for pool in pools}
    by_pool = {name: [child for child in children if child.get("pool") == name] for name in names}
    shown = [{**pool, "node": "pool", "children": _newest(by_pool[pool["name"]])} for pool in pools]
    return [*shown, *(child for child in children if child.get("pool") not in names)]


def _newest(workers: Sequence[Node]) -> list[Node]:
    peaceful = [worker for worker in workers if worker["state"] == "finished" and not worker["children"]]
    hidden = {id(worker) for worker in peaceful[:-PEACEFUL_SHOWN]}
    kept = [worker for worker in workers if id(worker) not in hidden]
    return [{"node": "more", "count": len(hidden)}, *kept] if hidden else kept
